"""The form of a server on this machine, alone, inside the form of a profile, and with the trip behind it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QPushButton, QWidget

from app.errors import BackendError, Broken, Rejected
from app.gpus import Gpu
from app.hosting import Plan
from app.model.checkups import Checkup, Health, Server
from app.model.profiles import Profile, Service
from app.model.sentences import Sentence, sentence
from app.serving import Launch, LoadProgress, LogLine, News, Order, Ready, Served, order_of
from ui.code_copy import CopyButton
from ui.desks import Desks
from ui.journeys.serving import Serving
from ui.local_server_form import LocalServerForm
from ui.model_desk import ModelDesk
from ui.preset import Preset
from ui.profile_form import ProfileForm
from ui.profile_rules import fault_of
from ui.server_desk import LINES, Phase, ServerDesk, Standing
from ui.tasks import Tasks

LARGE = Served("zai-org/GLM-4.5V-FP8", "glm-4.5v", 112 * 10**9)
FLASH = Served("zai-org/GLM-4.6V-Flash", "glm-4.6v-flash", 20_600 * 10**6)
HERE = Preset(
    "vllm_here", "vLLM on this machine", "http://127.0.0.1:8000/v1", False, (), served=(LARGE, FLASH)
)
PRESETS = (Preset("vllm", "vLLM", "http://localhost:8000/v1", needs_key=False, models=()), HERE)
MINE = Profile(
    "p", "Mine", HERE.id, "http://127.0.0.1:8123/v1", FLASH.model, service=Service(FLASH.weights, keep=True)
)
ORDER = Order("vllm", FLASH.weights, 8123)
GPUS = (Gpu("H100", 80 * 2**30, 9.0), Gpu("H100", 80 * 2**30, 9.0))


def launch(order: Order = ORDER) -> Launch:
    return Launch(
        ("vllm", "serve", "--port", str(order.port)), (), order.weights, "glm-4.6v-flash", order.port
    )


@pytest.fixture
def desk() -> ServerDesk:
    return ServerDesk()


@pytest.fixture
def form(qtbot: Any, desk: ServerDesk) -> LocalServerForm:
    made = LocalServerForm(desk)
    qtbot.addWidget(made)
    made.show()
    made.show_profile(MINE, HERE.served)
    return made


@pytest.fixture
def profile_form(qtbot: Any, desk: ServerDesk) -> ProfileForm:
    made = ProfileForm(PRESETS, sentence("keys.in_keyring"), Desks(ModelDesk(), desk))
    qtbot.addWidget(made)
    made.show()
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def button(widget: QWidget, name: str) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == name)


def buttons(widget: QWidget) -> set[str]:
    shown = [found for found in widget.findChildren(QPushButton) if found.isVisible() and found.isEnabled()]
    return {found.text() for found in shown}


def named(widget: QWidget, kind: type[QWidget], name: str) -> Any:
    return next(found for found in widget.findChildren(kind) if found.accessibleName() == name)


def test_what_is_shown_comes_back_unchanged(form: LocalServerForm, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.show_profile(MINE, HERE.served)
    assert (form.service(), form.model(), form.url()) == (MINE.service, MINE.model, MINE.base_url)
    assert form.order() == ORDER == order_of(MINE)


def test_a_new_profile_serves_the_first_model_at_the_usual_port() -> None:
    made = HERE.profile()
    assert order_of(made) == Order("vllm", LARGE.weights, 8000)
    assert made.model == LARGE.model
    assert fault_of(made) is None


@pytest.mark.parametrize(
    ("port", "key"),
    [
        ("80", "service.port_wrong"),
        ("99999", "service.port_wrong"),
        ("x", "service.port_wrong"),
        ("9000", None),
    ],
)
def test_a_port_that_makes_no_sense_is_told(
    profile_form: ProfileForm, qtbot: Any, port: str, key: str | None
) -> None:
    profile_form.show_profile(MINE, key="", stored=False)
    edit = named(profile_form, QLineEdit, "Port")
    edit.selectAll()
    with qtbot.waitSignal(profile_form.changed):
        qtbot.keyClicks(edit, port)
    fault = fault_of(profile_form.profile())
    assert (fault.key if fault else None) == key


def test_in_a_profile_it_takes_the_place_of_address_model_and_key(profile_form: ProfileForm) -> None:
    profile_form.show_profile(MINE, key="", stored=False)
    assert profile_form.profile() == MINE
    assert not named(profile_form, QLineEdit, "Address").isVisible()
    assert not named(profile_form, QLineEdit, "API key").isVisible()
    profile_form.show_profile(Profile("q", "Lab", "vllm", "http://lab:1/v1", "m"), key="", stored=False)
    assert not named(profile_form, QLineEdit, "Port").isVisible()
    profile_form._preset.setCurrentIndex(profile_form._preset.findData(HERE.id))
    assert named(profile_form, QLineEdit, "Port").isVisible()
    assert profile_form.profile().model == LARGE.model


def test_the_engine_that_answers_is_not_taken_for_another_kind(profile_form: ProfileForm) -> None:
    profile_form.show_profile(MINE, key="", stored=False)
    server = Server(MINE.base_url, "vllm", "vLLM", model=FLASH.model)
    profile_form.show_checkup(Checkup(Health.WORKS, sentence("backend.works"), (), server))
    assert "Use vLLM" not in buttons(profile_form)


def test_the_command_is_shown_and_copied(form: LocalServerForm, desk: ServerDesk) -> None:
    assert "Looking for graphics processors" in texts(form)
    assert "Start" not in buttons(form)
    desk.answer(ORDER, Plan(GPUS, launch()))
    command = named(form, QPlainTextEdit, "Command")
    assert command.isVisible()
    assert command.isReadOnly()
    assert command.toPlainText() == launch().line()
    assert "Found: 2 × H100 (80 GB)." in texts(form)
    assert "downloads the model: 20.6 GB" in texts(form)
    form.findChildren(CopyButton)[0].click()
    assert QGuiApplication.clipboard().text() == launch().line()
    assert "Start" in buttons(form)


def test_without_a_graphics_processor_it_says_what_to_do_instead(
    form: LocalServerForm, desk: ServerDesk
) -> None:
    desk.answer(ORDER, Plan(fault=sentence("launch.no_gpu", model=FLASH.weights)))
    assert "No graphics processor was found that can run zai-org/GLM-4.6V-Flash." in texts(form)
    assert "choose “On this computer”" in texts(form)
    assert not named(form, QPlainTextEdit, "Command").isVisible()
    assert "Start" not in buttons(form)


def test_an_answer_to_an_earlier_question_is_not_shown(form: LocalServerForm, desk: ServerDesk) -> None:
    desk.answer(replace(ORDER, port=9), Plan(GPUS, launch()))
    assert not named(form, QPlainTextEdit, "Command").isVisible()


def test_how_far_it_is_is_shown_until_it_answers(form: LocalServerForm, desk: ServerDesk) -> None:
    desk.answer(ORDER, Plan(GPUS, launch()))
    (bar,) = form.findChildren(QProgressBar)
    assert not bar.isVisible()
    desk.tell(Standing(Phase.STARTING, launch()))
    assert (bar.isVisible(), bar.maximum()) == (True, 0)
    assert buttons(form) == {"Stop"}
    desk.tell(Standing(Phase.STARTING, launch(), LoadProgress("model-1.safetensors", 0.4, fetching=True)))
    assert (bar.value(), bar.maximum()) == (40, 100)
    assert "Downloading model-1.safetensors: 40 %" in texts(form)
    desk.tell(Standing(Phase.READY, launch()))
    assert not bar.isVisible()
    assert "glm-4.6v-flash answers at http://127.0.0.1:8123/v1" in texts(form)
    desk.tell(Standing(Phase.OFF, launch(), fault=sentence("launch.no_memory", model=FLASH.weights)))
    assert "too little GPU memory" in texts(form)
    assert buttons(form) == {"Start"}


def test_that_another_one_runs_is_said_before_it_is_ended(form: LocalServerForm, desk: ServerDesk) -> None:
    desk.answer(ORDER, Plan(GPUS, launch()))
    desk.tell(Standing(Phase.READY, launch(replace(ORDER, port=9000))))
    assert "glm-4.6v-flash is running at http://127.0.0.1:9000/v1. To start this one ends that one." in texts(
        form
    )
    assert buttons(form) == {"Start", "Stop"}


def test_its_log_is_plain_bounded_and_begins_anew(form: LocalServerForm, desk: ServerDesk) -> None:
    log = named(form, QPlainTextEdit, "Log")
    assert not log.isVisible()
    desk.add(tuple(f"<b>line {number}</b>" for number in range(LINES + 500)))
    assert log.isVisible()
    assert log.blockCount() == LINES
    assert log.toPlainText().startswith("<b>line 500</b>")
    later = LocalServerForm(desk)
    assert named(later, QPlainTextEdit, "Log").toPlainText() == log.toPlainText()
    desk.begin_log()
    assert not log.isVisible()


class Machine:
    """A host in memory: it has GPUs, and a server that tells what the test puts into `news`."""

    def __init__(self) -> None:
        self.running: Launch | None = None
        self.others: set[int] = set()
        self.news: asyncio.Queue[News | BackendError | None] = asyncio.Queue()
        self.fault: BackendError | None = None
        self.missing: Sentence | None = None
        self.looked = 0

    async def look(self) -> None:
        self.looked += 1

    async def plan(self, order: Order) -> Plan:
        return Plan(GPUS, launch(order), self.missing)

    async def start(self, made: Launch) -> None:
        if self.fault is not None:
            raise self.fault
        self.running = made

    async def watch(self, _: Launch) -> AsyncGenerator[list[News], None]:
        while (news := await self.news.get()) is not None:
            if isinstance(news, BackendError):
                self.running = None
                raise news
            yield [news]

    async def found(self) -> Launch | None:
        return self.running

    async def listens(self, order: Order) -> bool:
        return order.port in self.others

    async def stop(self) -> None:
        self.running = None
        self.news.put_nowait(None)


@dataclass
class Told:
    """What was said over the window, and what can be done about it."""

    words: list[str] = field(default_factory=list)
    acts: dict[str, Any] = field(default_factory=dict)

    def tell(
        self, what: Sentence, *, tone: str = "info", action: Sentence | None = None, act: Any = None
    ) -> None:
        self.words.append(what.key)
        if action is not None:
            self.acts[action.key] = act


class Stage:
    """The little of a stage that this trip plays on."""

    def __init__(self) -> None:
        self.notices = Told()
        self.window = self
        self.shown = 0
        self.profiles_requested = self

    def emit(self) -> None:
        self.shown += 1


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def serving(desk: ServerDesk, machine: Machine, stage: Stage) -> AsyncGenerator[Serving, None]:
    tasks = Tasks(lambda what: pytest.fail(str(what)))
    yield Serving(stage, desk, machine, tasks)  # type: ignore[arg-type] # all that it uses
    await tasks.finish()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_question_to_one_that_does_not_run_offers_to_start_it_and_starts_nothing(
    serving: Serving, machine: Machine, stage: Stage, desk: ServerDesk
) -> None:
    assert await serving.is_there(Profile("r", "Reader", "reader"))
    assert not await serving.is_there(MINE)
    assert stage.notices.words == ["service.not_running"]
    assert machine.running is None
    stage.notices.acts["service.start"]()
    await settled()
    assert machine.running == launch()
    assert not await serving.is_there(MINE), "it does not answer yet"
    assert stage.notices.words[-1] == "service.starting"
    machine.others.add(8123)
    machine.news.put_nowait(Ready(launch().url, launch().model))
    await settled()
    assert desk.standing == Standing(Phase.READY, launch())
    assert stage.notices.words[-1] == "service.ready"
    assert await serving.is_there(MINE)
    stage.notices.acts["service.show"]()
    assert stage.shown == 1


async def test_one_that_was_started_by_hand_is_asked(
    serving: Serving, machine: Machine, stage: Stage
) -> None:
    machine.others.add(8123)
    assert await serving.is_there(MINE)
    assert stage.notices.words == []


async def test_it_is_started_watched_and_stopped(
    serving: Serving, machine: Machine, desk: ServerDesk
) -> None:
    desk.start_requested.emit(ORDER, False)
    await settled()
    assert desk.standing == Standing(Phase.STARTING, launch())
    bar = LoadProgress("weights", 0.5, fetching=False)
    for news in (LogLine("one"), bar, LogLine("two"), Ready(launch().url, "glm-4.6v-flash")):
        machine.news.put_nowait(news)
        await settled()
    assert tuple(desk.log) == ("one", "two")
    assert desk.standing.phase is Phase.READY
    desk.stop_requested.emit()
    await settled()
    assert desk.standing == Standing(Phase.OFF, launch())
    assert machine.running is None


@pytest.mark.parametrize("watched", [False, True])
async def test_why_it_ended_is_told_where_the_user_looks(
    serving: Serving, machine: Machine, desk: ServerDesk, stage: Stage, watched: bool
) -> None:
    desk.watched = watched
    desk.start_requested.emit(ORDER, False)
    await settled()
    machine.news.put_nowait(Rejected("launch.no_memory", model=FLASH.weights))
    await settled()
    assert desk.standing.phase is Phase.OFF
    assert desk.standing.fault is not None
    assert desk.standing.fault.key == "launch.no_memory"
    assert stage.notices.words == ([] if watched else ["launch.no_memory"])


async def test_what_cannot_be_started_is_told(serving: Serving, machine: Machine, desk: ServerDesk) -> None:
    machine.fault = Broken("launch.port_taken", port="8123")
    desk.start_requested.emit(ORDER, False)
    await settled()
    assert desk.standing == Standing(Phase.OFF, launch(), fault=machine.fault.sentence)
    machine.missing = sentence("launch.not_installed", program="vllm", command="pip install -U vllm")
    desk.start_requested.emit(ORDER, False)
    await settled()
    assert desk.standing.fault == machine.missing


async def test_one_that_was_left_running_is_found_quietly(
    serving: Serving, machine: Machine, desk: ServerDesk, stage: Stage
) -> None:
    machine.running = launch()
    await serving.begin()
    machine.news.put_nowait(Ready(launch().url, launch().model))
    await settled()
    assert desk.standing == Standing(Phase.READY, launch())
    assert stage.notices.words == []


@pytest.mark.parametrize("keep", [False, True])
async def test_it_ends_with_the_app_unless_it_is_to_be_left_running(
    serving: Serving, machine: Machine, desk: ServerDesk, keep: bool
) -> None:
    desk.start_requested.emit(ORDER, not keep)
    await settled()
    serving.heed((replace(MINE, service=Service(FLASH.weights, keep=keep)),))
    await serving.end()
    assert (machine.running is not None) == keep


async def test_one_that_is_nobodys_is_left_alone(serving: Serving, machine: Machine) -> None:
    machine.running = launch(replace(ORDER, port=9000))
    await serving.begin()
    serving.heed((replace(MINE, service=Service(FLASH.weights, keep=False)),))
    await serving.end()
    assert machine.running is not None


async def test_the_machine_is_looked_at_anew_when_the_form_is_shown(
    form: LocalServerForm, serving: Serving, machine: Machine, desk: ServerDesk, qtbot: Any
) -> None:
    form.hide()
    assert not desk.watched
    form.show()
    assert desk.watched
    await settled()
    assert machine.looked == 1
    assert named(form, QPlainTextEdit, "Command").toPlainText() == launch().line()
    with qtbot.waitSignal(desk.start_requested) as caught:
        qtbot.mouseClick(button(form, "Start"), Qt.MouseButton.LeftButton)
    assert caught.args == [ORDER, True]
    with qtbot.waitSignal(form.changed):
        form.findChildren(QCheckBox)[0].click()
    assert form.service() == Service(FLASH.weights, keep=False)
