"""A right RouteGuide client for grpc.aio. It connects to ROUTEGUIDE_ADDR."""

import asyncio
import os

import grpc

import client
import route_guide


async def main():
    async with grpc.aio.insecure_channel(os.environ["ROUTEGUIDE_ADDR"]) as channel:
        stub = route_guide.RouteGuideStub(channel)
        # What to send is the other client's.
        right = client.Right(stub)

        async for feature in stub.ListFeatures(right.rectangle):
            right.show_feature(feature)

        summary = await stub.RecordRoute(right.route())
        print(summary)

        chat = stub.RouteChat()

        async def send():
            for note in right.notes():
                await chat.write(note)
            await chat.done_writing()

        sending = asyncio.create_task(send())
        async for reply in chat:
            print(f"Got {reply.message}")
        await sending


if __name__ == "__main__":
    asyncio.run(main())
