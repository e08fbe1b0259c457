// Work in order on several threads in constant memory: one producer, `threads` workers, one consumer.
//
// Slots go round: the producer takes a free one and submits it, a worker transforms it, the consumer gets the
// slots in the order of their submission. The first exception of any thread stops all and is rethrown by
// finish() or by the producer's next call.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace exchange {

template <class Slot>
class Pipeline {
 public:
  // `work(slot, worker)` runs on worker threads, worker = 0 .. threads-1. `consume(slot)` runs on one thread.
  // Both must outlive the pipeline.
  Pipeline(std::size_t threads, std::size_t slots, std::function<void(Slot&, std::size_t)> work,
           std::function<void(Slot&)> consume)
      : slots_(slots), work_(std::move(work)), consume_(std::move(consume)) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { run_worker(i); });
    threads_.emplace_back([this] { run_consumer(); });
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() {
    stop(std::make_exception_ptr(Stopped{}));
    join();
  }

  // Producer: a free slot, as its last user left it. Blocks while all are busy.
  Slot& next() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return error_ || submitted_ - consumed_ < slots_.size(); });
    if (error_) std::rethrow_exception(error_);
    return slots_[submitted_ % slots_.size()].slot;
  }
  // Producer: hands over the slot that next() gave.
  void submit() {
    std::lock_guard lock(mutex_);
    slots_[submitted_ % slots_.size()].done = false;
    ++submitted_;
    to_work_.notify_one();
  }
  // Producer: no more; waits for all, rethrows the first exception.
  void finish() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
      to_work_.notify_all();
      worked_.notify_all();
    }
    join();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  struct Stopped {};
  struct Entry {
    Slot slot;
    bool done = false;
  };

  void stop(std::exception_ptr error) {
    std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    to_work_.notify_all();
    worked_.notify_all();
    freed_.notify_all();
  }

  void join() {
    for (auto& thread : threads_)
      if (thread.joinable()) thread.join();
  }

  void run_worker(std::size_t worker) try {
    std::unique_lock lock(mutex_);
    for (;;) {
      to_work_.wait(lock, [this] { return error_ || taken_ < submitted_ || ended_; });
      if (error_ || taken_ == submitted_) return;
      const std::size_t mine = taken_++;
      Entry& entry = slots_[mine % slots_.size()];
      lock.unlock();
      work_(entry.slot, worker);
      lock.lock();
      entry.done = true;
      if (mine == consumed_) worked_.notify_one();
    }
  } catch (...) {
    stop(std::current_exception());
  }

  void run_consumer() try {
    std::unique_lock lock(mutex_);
    for (;;) {
      worked_.wait(lock, [this] {
        return error_ || (consumed_ < submitted_ && slots_[consumed_ % slots_.size()].done) ||
               (ended_ && consumed_ == submitted_);
      });
      if (error_ || consumed_ == submitted_) return;
      Entry& entry = slots_[consumed_ % slots_.size()];
      lock.unlock();
      consume_(entry.slot);
      lock.lock();
      ++consumed_;
      freed_.notify_one();
    }
  } catch (...) {
    stop(std::current_exception());
  }

  std::vector<Entry> slots_;
  std::function<void(Slot&, std::size_t)> work_;
  std::function<void(Slot&)> consume_;
  std::mutex mutex_;
  std::condition_variable to_work_, worked_, freed_;
  std::size_t submitted_ = 0, taken_ = 0, consumed_ = 0;  // counts since the start
  bool ended_ = false;
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

}  // namespace exchange
