"""AMI, the exchange's manager interface: bytes (`wire`), one login (`session`), kept up (`exchange`).

panoramisk 1.4 is the library for this, and was to be the base. What it does between socket and
caller is what a service has to do otherwise, so subclassing leaves nothing of it:

- `AMIProtocol.data_received` decodes each read by itself and drops what does not decode; keys lose
  their case, an empty last header is lost. -> `wire.MessageReader`.
- `Manager.dispatch` starts a task for each event: no order. -> one queue, one consumer (`stream`).
- `AMIProtocol.send` has no time-out and writes line breaks as they come; `Action.multi` takes
  replies such as that to Atxfer for lists that never end; `AMIProtocol.close` keeps actions and
  sends them again after a reconnect. -> `session.Session`: the asker says what is a list, each
  answer is awaited for a time, what was in flight fails.
- `Manager.ping` awaits no answer, `Manager.login` tells nobody of a refusal and sends the secret
  in clear, `Manager.close` does not stop a reconnect. -> `login`, `exchange.Exchange`.

It stays as the yardstick of `agentbot bench ami`, and as a foreign client in the tests.
"""

from agentbot.pbx.ami.account import Account
from agentbot.pbx.ami.exchange import Exchange
from agentbot.pbx.ami.session import Patience
from agentbot.pbx.ami.snapshot import Snapshot
from agentbot.pbx.ami.stream import Connected, ExchangeEvent, Lost

__all__ = ["Account", "Connected", "Exchange", "ExchangeEvent", "Lost", "Patience", "Snapshot"]
