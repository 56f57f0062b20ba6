"""What each choice on the sign-in screen leads to, step by step: the view shows and asks, the session signs in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.base.errors import ApiError, SignInRefused
from genesis_tui.models.sign_in import Card, MethodKind, SignInMethod
from genesis_tui.models.testing import Persona
from genesis_tui.screens.sign_in.form import AGAIN, CODE, LOGON, PASSWORD, USERNAME, FormField
from genesis_tui.screens.sign_in.rows import COPY, FORGOT, REGISTER, AccountAction, ChoiceRow, Entry, card_rows
from genesis_tui.screens.sign_in.wording import NOT_THE_SAME, POLICY, card_paras, no_card_paras
from genesis_tui.widgets.page import Para, heading

if TYPE_CHECKING:
    from genesis_tui.models.sign_in import DeviceCode, SignedIn
    from genesis_tui.screens.base.shell import Shell

Values = dict[str, str]
PIN = (FormField("pin", "PIN", secret=True),)
PASSPHRASE = (FormField("pin", "Passphrase", secret=True),)
NEW = (
    CODE,
    FormField("password", "New", secret=True),
    AGAIN,
)
WHO = (
    FormField("given", "Given name"),
    FormField("family", "Family"),
    FormField("birth_date", "Birth date"),
    FormField("dod_id", "DoD ID"),
)
NEW_ACCOUNT = (CODE, USERNAME, PASSWORD, AGAIN)


class FlowView(Protocol):
    """What the steps of a sign-in ask for of the screen that they are taken on."""

    def ask(
        self,
        asked: Sequence[FormField],
        then: Callable[[Values], Awaitable[None]],
        *words: Para,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Show fields with words above them, and go on with what is filled in."""

    def run(self, step: Callable[[], Awaitable[None]], person: str = "") -> object:
        """Do one step in the background; what it raises is told.

        Args:
            step: the step.
            person: the invented person that was picked.
        """

    def page(self, *paras: Para) -> None:
        """Show words on a page of their own."""

    def offer(self, rows: Sequence[Entry]) -> None:
        """Have one of these rows chosen."""

    def show_code(self, code: "DeviceCode") -> None:
        """Show the code that is to be typed on another device."""

    def go_there(self, address: str, opened: bool) -> None:
        """Show the address of the page that the browser has to open; `opened`: it was opened."""


class Flows:
    """One sign-in at a time. Each step either asks for more through the view, or ends inside the app."""

    def __init__(self, view: FlowView, shell: "Shell") -> None:
        self._view = view
        self._shell = shell
        self._portal = shell.portal
        self.card: Card | None = None
        """The one whose PIN is asked for."""
        self._way = SignInMethod("cac", "CAC", MethodKind.CARD)

    def take(self, choice: ChoiceRow) -> None:
        """Begin what was chosen."""
        self.card = None
        match choice.target:
            case Persona() as who:
                self._view.run(lambda: self._typed({"username": who.username, "password": who.password}), who.name)
            case Card() as card:
                self._view.run(lambda: self._with_card(card))
            case SignInMethod(kind=MethodKind.PASSWORD) as way:
                self._view.ask(LOGON, lambda values: self._typed(values, way.id))
            case SignInMethod(kind=MethodKind.CARD) as way:
                self._view.run(lambda: self._cards(way))
            case SignInMethod(kind=MethodKind.BROWSER):
                self._view.run(self._in_browser)
            case SignInMethod(kind=MethodKind.DEVICE):
                self._view.run(self._on_device)
            case AccountAction() as deed:
                self._deeds[deed.id]()

    @property
    def _deeds(self) -> dict[str, Callable[[], object]]:
        return {
            FORGOT.id: self.forgot,
            REGISTER.id: self.register,
            COPY.id: self.open_copy,
        }

    # typed

    async def _typed(self, values: Values, way: str = "ds-logon") -> None:
        await self._enter(await self._portal.sign_in.by_password(values["username"], values["password"], way=way))

    async def _enter(self, me: "SignedIn") -> None:
        await self._shell.enter(me)

    # cards

    async def _cards(self, way: SignInMethod) -> None:
        self._way = way
        cards = await self._portal.sign_in.cards()
        if not cards:
            self._view.page(*no_card_paras())
        elif len(cards) == 1:
            await self._with_card(cards[0])
        else:
            self._view.offer(card_rows(cards))

    async def _with_card(self, card: Card) -> None:
        way, self.card = self._way.id, card

        async def sign(values: Values) -> None:
            try:
                await self._enter(await self._portal.sign_in.by_card(way, card, values.get("pin", "")))
            except SignInRefused as refused:
                if refused.reason != "piv-not-registered":
                    raise
                self._register_piv(refused)

        if card.needs_pin:
            self._view.ask(PIN if card.source == "reader" else PASSPHRASE, sign, *card_paras(card))
        else:
            await sign({})

    def _register_piv(self, refused: SignInRefused) -> None:
        """ID-3: once, with the DS Logon of the same person."""

        async def register(values: Values) -> None:
            await self._enter(await self._portal.sign_in.register_piv(values["username"], values["password"]))

        words = (Para(refused.title, "bold"), Para("Now sign in once with your DS Logon: that registers the PIV."))
        self._view.ask(LOGON, register, *words)

    # elsewhere

    async def _in_browser(self) -> None:
        await self._enter(await self._portal.sign_in.by_browser(self._view.go_there))

    async def _on_device(self) -> None:
        await self._enter(await self._portal.sign_in.by_device(self._view.show_code))

    # accounts

    def forgot(self, username: str = "") -> None:
        """LOCK-4: a code to the DEERS e-mail, then a new password; it signs in at once."""

        async def send(values: Values) -> None:
            said = await self._portal.sign_in.accounts.forgot(values["username"])
            self._view.ask(NEW, lambda typed: finish(values["username"], typed), Para(said), Para(POLICY, "muted"))

        async def finish(name: str, typed: Values) -> None:
            _same(typed)
            await self._portal.sign_in.accounts.reset(name, typed["code"], typed["password"])
            await self._typed({"username": name, "password": typed["password"]})

        words = "A code goes to the e-mail address that DEERS holds for you. It unlocks a locked account too."
        self._view.ask((USERNAME,), send, heading("Forgot password"), Para(words), values={"username": username})

    def register(self) -> None:
        """ID-7, ID-11: who one is, then the code that came and the DS Logon to have; it signs in at once, as Basic."""

        async def send(who: Values) -> None:
            from genesis_tui.models.sign_in import Registration

            said = await self._portal.sign_in.accounts.register(Registration(**who))
            words = (Para(said), Para(POLICY, "muted"))
            self._view.ask(NEW_ACCOUNT, lambda typed: finish(who["dod_id"], typed), *words)

        async def finish(dod_id: str, typed: Values) -> None:
            from genesis_tui.models.sign_in import NewAccount

            _same(typed)
            account = NewAccount(dod_id, typed["code"], typed["username"], typed["password"])
            await self._portal.sign_in.accounts.finish_registering(account)
            await self._typed(typed)

        words = "As on your ID card; the birth date as 1988-04-30. A code goes to the e-mail or phone in DEERS."
        self._view.ask(WHO, send, heading("Register a DS Logon"), Para(words, "muted"))

    def open_copy(self) -> None:
        """SESS-5: what is kept on this computer, by its own passphrase."""

        async def opened(values: Values) -> None:
            await self._enter(await self._portal.sign_in.by_copy(values["pin"]))

        words = "The server can't be reached. What you read before is kept here, encrypted."
        self._view.ask(PASSPHRASE, opened, heading("Offline"), Para(words))


def _same(typed: Values) -> None:
    """Whether a new password was typed the same twice. Raises ApiError, in words, where not."""
    if typed["password"] != typed["again"]:
        raise ApiError("The two passwords are not the same.", next="Type it once more.", reason=NOT_THE_SAME)
