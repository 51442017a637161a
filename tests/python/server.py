"""A RouteGuide server: `server.py KIND [ADDRESS]`. It prints the address that it listens on.

KIND is one of the right ones below, one of `tools`, or a class of `dialects`, `production` or
`wrong`, in words: `shared-history` is SharedHistory.
"""

import asyncio
import sys
import time
from concurrent import futures

import grpc

import dialects
import guide
import guide_aio
import production
import route_guide
import tools
import wrong


def serve(servicer, address, workers=10, add=None, **options):
    """Serves from a pool of threads until the process is stopped. `add` adds to the server before it starts."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=workers), **options)
    route_guide.add_RouteGuideServicer_to_server(servicer, server)
    if add:
        add(server)
    announce(address, server.add_insecure_port(address))
    server.start()
    server.wait_for_termination()


async def serve_aio(servicer, address):
    """Serves from one thread."""
    server = grpc.aio.server()
    route_guide.add_RouteGuideServicer_to_server(servicer, server)
    announce(address, server.add_insecure_port(address))
    await server.start()
    await server.wait_for_termination()


def announce(address, port):
    host, _ = address.rsplit(":", 1)
    print(f"{host}:{port}", flush=True)


def find(kind):
    """The class of that name: `shared-history` is SharedHistory."""
    name = "".join(word.capitalize() for word in kind.split("-"))
    modules = (dialects, production, wrong)
    return next(getattr(module, name) for module in modules if hasattr(module, name))


def main(kind, address="127.0.0.1:0"):
    if kind == "right":
        serve(guide.RouteGuide(), address)
    elif kind == "four-threads":
        serve(guide.RouteGuide(), address, workers=4)
    elif kind == "two-streams":
        # It goes on counting calls that were cancelled, and refuses others.
        serve(guide.RouteGuide(), address, options=[("grpc.max_concurrent_streams", 2)])
    elif kind == "gzip":
        serve(guide.RouteGuide(), address, compression=grpc.Compression.Gzip)
    elif kind == "slow-start":
        time.sleep(10)
        serve(guide.RouteGuide(), address)
    elif kind == "aio":
        asyncio.run(serve_aio(guide_aio.RouteGuide(), address))
    elif kind in tools.KINDS:
        serve(guide.RouteGuide(), address, add=tools.KINDS[kind])
    elif kind == "one-thread":
        serve(guide.RouteGuide(), address, workers=1)
    elif kind == "aio-returns-a-list":
        asyncio.run(serve_aio(wrong.AioReturnsAList(), address))
    else:
        serve(find(kind)(), address)


if __name__ == "__main__":
    main(*sys.argv[1:])
