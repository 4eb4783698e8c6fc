import io
import threading

from app.orders import Orders
from app.pipes import read_frame


def said(pipe: io.BytesIO) -> list[str]:
    pipe.seek(0)
    return [frame[0]["order"] for frame in iter(lambda: read_frame(pipe), None)]


def test_what_is_said_before_somebody_listens_is_heard_first() -> None:
    orders, pipe = Orders(), io.BytesIO()
    orders.say("pause")
    orders.attach(pipe)
    orders.say("stop")
    assert said(pipe) == ["pause", "stop"]


def test_what_is_said_after_the_end_is_said_to_nobody() -> None:
    orders, pipe = Orders(), io.BytesIO()
    orders.attach(pipe)
    orders.close()
    orders.say("stop")
    assert said(pipe) == []


def test_a_listener_who_has_died_disturbs_nobody() -> None:
    class Broken(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    orders = Orders()
    orders.attach(Broken())
    orders.say("stop")
    orders.say("stop")


def test_words_of_many_threads_do_not_mix() -> None:
    orders, pipe = Orders(), io.BytesIO()
    orders.attach(pipe)

    def speak() -> None:
        for _ in range(200):
            orders.say("pause")

    speakers = [threading.Thread(target=speak) for _ in range(4)]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    assert said(pipe) == ["pause"] * 800
