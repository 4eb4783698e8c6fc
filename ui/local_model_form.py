"""The settings of a model that runs inside the app: its files, and how much of the machine it may take."""

from dataclasses import replace

from PySide6.QtCore import QDir, QFileInfo, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from app.i18n import say
from app.model.profiles import Weights
from ui.layout import column, label, row
from ui.model_desk import ModelDesk
from ui.model_list import ModelList
from ui.profile_rules import whole_of

_USUAL = Weights()


class LocalModelForm(QWidget):
    """Shows `Weights` and gives them back as they were changed."""

    changed = Signal()

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model, self._projector = _FileField(), _FileField()
        self._context, self._threads, self._layers = QLineEdit(), QLineEdit(), QLineEdit()
        self._numbers = (self._context, self._threads, self._layers)
        self._captions = tuple(label("small") for _ in self._numbers)
        self._list = ModelList(desk)
        numbers = row()
        for caption, field in zip(self._captions, self._numbers, strict=True):
            caption.setBuddy(field)
            pair = column(gap=2)
            pair.addWidget(caption)
            pair.addWidget(field)
            numbers.addLayout(pair, 1)
            field.textEdited.connect(self.changed)
        whole = column(self, gap=12)
        whole.addWidget(self._model)
        whole.addWidget(self._projector)
        whole.addLayout(numbers)
        whole.addWidget(self._list)
        self._model.changed.connect(self._look_for_projector)
        self._projector.changed.connect(self.changed)
        self._list.chosen.connect(self._take)
        self._list.fetched.connect(self._take_if_none)
        self.speak()

    def show_weights(self, weights: Weights) -> None:
        """Show these, silently."""
        self._model.show_path(weights.model)
        self._projector.show_path(weights.projector)
        self._context.setText("" if weights.context == _USUAL.context else str(weights.context))
        self._threads.setText("" if weights.threads is None else str(weights.threads))
        self._layers.setText("" if weights.layers is None else str(weights.layers))

    def weights(self) -> Weights:
        """Return the weights as they are in the form; a number that is none counts as -1."""
        context = whole_of(self._context.text())
        return Weights(
            self._model.path(),
            self._projector.path(),
            _USUAL.context if context is None else context,
            whole_of(self._threads.text()),
            whole_of(self._layers.text()),
        )

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._model.call(say("local.model"), say("local.choose_model"))
        self._projector.call(say("local.projector"), say("local.choose_projector"))
        self._projector.set_hint(say("local.no_projector"))
        for caption, name in zip(self._captions, ("context", "threads", "layers"), strict=True):
            caption.setText(say(f"local.{name}"))
        for caption, field in zip(self._captions, self._numbers, strict=True):
            field.setAccessibleName(caption.text())
        self._context.setPlaceholderText(str(_USUAL.context))
        self._threads.setPlaceholderText(say("local.automatic"))
        self._layers.setPlaceholderText(say("local.automatic"))
        self._list.speak()

    def showEvent(self, event: QShowEvent) -> None:
        """Have what is here of each model looked up."""
        super().showEvent(event)
        self._desk.looked_at.emit()

    def _take(self, weights: Weights) -> None:
        self.show_weights(replace(self.weights(), model=weights.model, projector=weights.projector))
        self.changed.emit()

    def _take_if_none(self, weights: Weights) -> None:
        if not self._model.path():
            self._take(weights)

    def _look_for_projector(self) -> None:
        if not self._projector.path():
            self._projector.show_path(projector_beside(self._model.path()))
        self.changed.emit()


class _FileField(QWidget):
    """The path of a GGUF file, typed or chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._caption = label("small")
        self._edit, self._button = QLineEdit(), QPushButton()
        self._title = ""
        self._caption.setBuddy(self._edit)
        line = row()
        line.addWidget(self._edit, 1)
        line.addWidget(self._button)
        whole = column(self, gap=2)
        whole.addWidget(self._caption)
        whole.addLayout(line)
        self._edit.textEdited.connect(self.changed)
        self._button.clicked.connect(self._choose)

    def path(self) -> str:
        """Return the path, empty when there is none."""
        return self._edit.text().strip()

    def show_path(self, path: str) -> None:
        """Show a path, silently."""
        self._edit.setText(path)

    def call(self, name: str, title: str) -> None:
        """Name it; `title` is what its dialog asks."""
        self._caption.setText(name)
        self._edit.setAccessibleName(name)
        self._button.setText(say("local.choose"))
        self._button.setAccessibleName(title)
        self._title = title

    def set_hint(self, words: str) -> None:
        """Say what an empty field means."""
        self._edit.setPlaceholderText(words)

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self._title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([say("local.gguf_files"), say("composer.files_all")])
        if self.path():
            dialog.setDirectory(QFileInfo(self.path()).absolutePath())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self._edit.setText(QDir.toNativeSeparators(path))
        self.changed.emit()


def projector_beside(model: str) -> str:
    """Return the projector that lies beside a model: its own, else the only one; '' when that cannot be told."""
    if not model or not QFileInfo(model).isFile():
        return ""
    folder = QFileInfo(model).absoluteDir()
    found = folder.entryList(["*mmproj*.gguf"], QDir.Filter.Files)
    stem = QFileInfo(model).completeBaseName()
    own = [name for name in found if stem in name]
    fits = own if len(own) == 1 else found
    return QDir.toNativeSeparators(folder.absoluteFilePath(fits[0])) if len(fits) == 1 else ""
