"""A desktop's portal on the session bus that does as the words of its command line say.

picture=FILE   where a screenshot is left
deny, cancel   answers so; silent: never answers
early          answers before the call returns, as a portal may that has nothing to ask
only_by_dialog denies a screenshot that is not interactive
mute=MEMBER    never answers such a call
version=N      of every interface
only=KEY       gives no other hotkey than the one of this name
takes_back     closes a session as soon as its keys are bound
without=NAME   lacks org.freedesktop.portal.NAME (or the registry: without=Registry)
elsewhere      answers on a request path of its own, as old portals do
impostor       somebody else on the bus presses the keys
"""

import asyncio
import sys
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

NAME = "org.freedesktop.portal."
PATH = "/org/freedesktop/portal/desktop"
PLAIN = ("Register", "Close")  # calls that are answered at once, with nothing
CODES = {"cancel": 1, "deny": 2}


class FakePortal:
    def __init__(self, bus: MessageBus, stranger: MessageBus, words: list[str]) -> None:
        self._bus = bus
        self._stranger = stranger
        self._words = words
        self._registered = ""

    def hear(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL or message.path is None:
            return None
        interface, member = message.interface or "", message.member or ""
        asked = interface if member != "Get" else message.body[0]
        if f"without={asked.rpartition('.')[2]}" in self._words:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such interface")
        if f"mute={member}" in self._words:
            return True
        if member == "Get":
            return Message.new_method_return(message, "v", [Variant("u", self._number("version", 2))])
        if member == "Register":
            self._registered = message.body[0]
        return Message.new_method_return(message) if member in PLAIN else self._request(message)

    def _request(self, message: Message) -> Message:
        if not self._registered and "without=Registry" not in self._words:
            return Message.new_error(message, NAME + "Error.NotAllowed", "an application without a name")
        sender = (message.sender or "")[1:].replace(".", "_")
        token = message.body[-1]["handle_token"].value
        path = f"{PATH}/request/{sender}/{'elsewhere' if 'elsewhere' in self._words else token}"
        if "early" in self._words:
            self._answer(message, path)
        elif "silent" not in self._words:
            asyncio.get_running_loop().call_soon(self._answer, message, path)
        return Message.new_method_return(message, "o", [path])

    def _answer(self, message: Message, path: str) -> None:
        code = next((CODES[word] for word in self._words if word in CODES), 0)
        if "only_by_dialog" in self._words and not message.body[-1]["interactive"].value:
            code = CODES["deny"]
        results: dict[str, Variant] = {}
        if message.member == "Screenshot":
            picture = next(word for word in self._words if word.startswith("picture=")).removeprefix(
                "picture="
            )
            results["uri"] = Variant("s", picture if ":" in picture else f"file://{picture}")
        elif message.member == "CreateSession":
            token = message.body[0]["session_handle_token"].value
            results["session_handle"] = Variant("s", f"{PATH}/session/{token}")
        elif message.member == "BindShortcuts":
            results["shortcuts"] = Variant("a(sa{sv})", self._bind(message))
        self._signal(self._bus, message.sender, path, "Request", "Response", "ua{sv}", [code, results])

    def _number(self, word: str, usual: int) -> int:
        told = (each.partition("=") for each in self._words)
        return next((int(value) for name, _, value in told if name == word), usual)

    def _bind(self, message: Message) -> list[Any]:
        """Tell the test what is wanted, press every key a moment later, and return what was bound."""
        session, keys = message.body[0], message.body[1]
        for name, about in keys:
            print(name, about["preferred_trigger"].value, "=", about["description"].value, flush=True)
        only = next((word.removeprefix("only=") for word in self._words if word.startswith("only=")), None)
        given = [[name, about] for name, about in keys if only in (None, name)]
        presser = self._stranger if "impostor" in self._words else self._bus
        later = asyncio.get_running_loop().call_later
        for name, _ in given:
            body = [session, name, 1, {}]
            later(
                0.1,
                self._signal,
                presser,
                message.sender,
                PATH,
                "GlobalShortcuts",
                "Activated",
                "osta{sv}",
                body,
            )
        if "takes_back" in self._words:
            later(0.05, self._signal, self._bus, message.sender, session, "Session", "Closed", "", [])
        return [
            [
                name,
                {"description": about["description"], "trigger_description": Variant("s", f"Press {name}")},
            ]
            for name, about in given
        ]

    @staticmethod
    def _signal(
        bus: MessageBus, to: str, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> None:
        bus.send(
            Message(to, path, NAME + interface, member, MessageType.SIGNAL, signature=signature, body=body)
        )


async def main(words: list[str]) -> None:
    bus, stranger = await MessageBus().connect(), await MessageBus().connect()
    bus.add_message_handler(FakePortal(bus, stranger, words).hear)
    await bus.request_name(NAME + "Desktop")
    print("ready", flush=True)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
