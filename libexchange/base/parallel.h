// Several pieces of work at once, the first failure ends all.
#pragma once
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace exchange {

// Runs work(0) .. work(n-1), each on a thread of its own, and waits for all. The first exception sets `stop`,
// which the others look at between two steps, and is thrown again.
template <class Work>
void run_parallel(unsigned n, std::atomic<bool>& stop, Work work) {
  std::exception_ptr first;
  std::mutex mutex;
  const auto guarded = [&](unsigned i) {
    try {
      work(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!first) first = std::current_exception();
      stop = true;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < n; ++i) threads.emplace_back(guarded, i);
  guarded(0);
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

}  // namespace exchange
