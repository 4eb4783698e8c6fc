"""What pictures of text are drawn with: a paper that remembers what was written, and the shapes that texts come in.

With the fonts of the system, so that nothing need be kept but what they say.
"""

from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageDraw, ImageFont

MONO, SANS, SERIF = "mono", "sans", "serif"

Asked = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, ...], ...]

_FILES = {
    MONO: ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", 0),
    SANS: ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0),
    SERIF: ("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf", 0),
    "zh" + MONO: ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7),
    "zh" + SANS: ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    "zh" + SERIF: ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: `lines` is all its text in reading order, `asked` questions, each with the line that answers."""

    name: str
    picture: Image.Image
    lines: tuple[str, ...]
    asked: Asked


@dataclass(slots=True)
class Paper:
    """Something to write on that remembers what was written; sizes in pixels times `scale`."""

    width: int
    height: int
    ground: str = "#ffffff"
    ink: str = "#1f2328"
    family: str = SANS
    language: str = "en"
    size: int = 14
    scale: float = 1.0
    lines: list[str] = field(default_factory=list)
    picture: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        size = (round(self.width * self.scale), round(self.height * self.scale))
        self.picture = Image.new("RGB", size, self.ground)
        self.draw = ImageDraw.Draw(self.picture)

    def box(self, left: int, top: int, right: int, bottom: int, fill: str) -> None:
        """Fill a rectangle."""
        self.draw.rectangle([value * self.scale for value in (left, top, right, bottom)], fill=fill)

    def write(self, x: int, y: int, *cells: tuple[int, str] | str, size: int = 0, ink: str = "") -> None:
        """Write one row: cells at their own x, or one text at `x`."""
        told = []
        for cell in cells:
            at, text = (x, cell) if isinstance(cell, str) else cell
            face = font(self.family, self.language, round((size or self.size) * self.scale))
            self.draw.text((at * self.scale, y * self.scale), text, ink or self.ink, face)
            told.append(text.strip())
        self.lines.append(" ".join(told))

    def rows(self, x: int, y: int, step: int, texts: tuple[str, ...], **look: int | str) -> None:
        """Write rows one below the other."""
        for index, text in enumerate(texts):
            self.write(x, y + index * step, text, **look)  # type: ignore[arg-type]

    def columns(self, lefts: tuple[int, ...], top: int, step: int, columns: Rows) -> None:
        """Write columns of rows side by side, to be read one after the other."""
        for left, texts in zip(lefts, columns, strict=True):
            self.rows(left, top, step, texts)

    def grid(self, lefts: tuple[int, ...], top: int, step: int, rows: Rows) -> None:
        """Write the rows of a table; an empty cell stays empty."""
        for index, row in enumerate(rows):
            cells = ((left, cell) for left, cell in zip(lefts, row, strict=True) if cell)
            self.write(0, top + step * index, *cells)

    def talk(
        self,
        left: int,
        top: int,
        step: int,
        messages: Rows,
        *,
        gap: int = 0,
        indent: int = 0,
        **look: int | str,
    ) -> None:
        """Write messages, each `gap` below its speaker where one is named, every second one `indent` to the right."""
        for index, (speaker, text) in enumerate(messages):
            x, y = left + index % 2 * indent, top + step * index
            if speaker:
                self.write(x, y, speaker, **look)  # type: ignore[arg-type]
            self.write(x, y + gap, text)

    def scene(self, name: str, *asked: tuple[str, str]) -> Scene:
        """Return what was drawn; each question comes with the line that answers it."""
        for _, answer in asked:
            if answer not in self.lines:
                raise ValueError(f"{name}: no line reads {answer!r}")
        return Scene(name, self.picture, tuple(self.lines), asked)


@cache
def font(family: str, language: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font of the system; a missing one is an error, not another font."""
    path, index = _FILES[("zh" if language == "zh" else "") + family]
    return ImageFont.truetype(path, size, index=index)
