"""A TCP proxy that does to a line what lines have done to them. `plan(n)` gives the fault of connection n (from 0), or
None: a dict with one of
  cut_up, cut_down   close after so many bytes towards the server, or back
  reset_up           the same with a TCP reset
  flip_up, flip_down change one bit of the byte at that place
  delay              seconds before anything passes
  stall              pass so many bytes, then nothing until the client gives up
  answer             bytes to send at once instead of asking the server
Counts bytes in `up` and `down`, connections in `count`."""
import asyncio, socket, struct, threading


class Proxy:
    def __init__(self, target, plan=lambda n: None):
        self.target, self.plan = target, plan
        self.up = self.down = self.count = self.faults = 0
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self.run, args=(started,), daemon=True).start()
        started.wait()

    def run(self, started):
        asyncio.set_event_loop(self.loop)
        self.loop.set_exception_handler(lambda loop, context: None)  # a client that hangs up is no news here
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    def close(self):
        def end():
            self.server.close()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_later(0.05, self.loop.stop)
        self.loop.call_soon_threadsafe(end)

    async def serve(self, client_in, client_out):
        fault = self.plan(self.count) or {}
        self.count += 1
        self.faults += bool(fault)
        try:
            if "delay" in fault:
                await asyncio.sleep(fault["delay"])
            if "answer" in fault:
                await client_in.readuntil(b"\r\n\r\n")
                client_out.write(fault["answer"])
                await client_out.drain()
                client_out.close()
                return
            server_in, server_out = await asyncio.open_connection("127.0.0.1", self.target)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            client_out.transport.abort()
            return
        ways = [asyncio.create_task(self.carry(client_in, server_out, fault, "up")),
                asyncio.create_task(self.carry(server_in, client_out, fault, "down"))]
        done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        cut = any(t.exception() is None and t.result() for t in done if not t.cancelled())
        if not cut and rest:  # one side has ended; the other may still have to say something
            await asyncio.wait(rest, timeout=1)
        for task in rest:
            task.cancel()
        if cut == "reset":
            client_out.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for out in (client_out, server_out):
            out.transport.abort() if cut else out.close()

    async def carry(self, source, sink, fault, way):
        passed = 0
        limit = fault.get("cut_" + way, fault.get("reset_" + way, fault.get("stall")))
        flip = fault.get("flip_" + way)
        try:
            while True:
                piece = await source.read(65536)
                if not piece:
                    return None
                if flip is not None and passed <= flip < passed + len(piece):
                    piece = bytearray(piece)
                    piece[flip - passed] ^= 1
                if limit is not None and passed + len(piece) > limit:
                    piece = piece[:limit - passed]
                sink.write(piece)
                await sink.drain()
                passed += len(piece)
                setattr(self, way, getattr(self, way) + len(piece))
                if limit is not None and passed >= limit:
                    if "stall" in fault:
                        await asyncio.sleep(3600)
                    return "reset" if "reset_" + way in fault else "cut"
        except (OSError, ConnectionError):
            return None
