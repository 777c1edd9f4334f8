"""The sink's gRPC side: the three `Export` methods of OTLP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import grpc

from otel_agent.errors import InputError
from otel_agent.settings import Protocol, Signal
from otel_agent.sink import messages
from otel_agent.sink.script import Fault, Partial, Script, status_of
from otel_agent.sink.store import Received, Store
from otel_agent.sink.tls import Tls

# More than a test has requests under way, the hanging ones included.
_WORKERS = 32


class GrpcServer:
    """A running server; `port` is where it listens."""

    def __init__(
        self,
        address: tuple[str, int],
        store: Store,
        script: Script,
        *,
        tls: Tls | None,
        max_body_bytes: int | None,
    ) -> None:
        """Listen; raises RuntimeError when the port is taken."""
        self._executor = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="sink-grpc")
        self._server = grpc.server(
            self._executor,
            options=(
                ("grpc.max_receive_message_length", -1 if max_body_bytes is None else max_body_bytes),
                # Without it two servers can listen on one port, each for some of the connections.
                ("grpc.so_reuseport", 0),
            ),
        )
        self._server.add_generic_rpc_handlers([_service(signal, store, script) for signal in Signal])
        name = f"{address[0]}:{address[1]}"
        self.port = (
            self._server.add_secure_port(name, _credentials(tls))
            if tls
            else self._server.add_insecure_port(name)
        )
        self._server.start()

    def cut(self) -> None:
        """Stop listening and end every call and connection."""
        self._server.stop(grace=None).wait()
        self._executor.shutdown(wait=True)


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    """Return the server's certificate as grpc has it; raises OSError."""
    pair = (tls.key.read_bytes(), tls.certificate.read_bytes())
    client_ca = tls.client_ca.read_bytes() if tls.client_ca else None
    return grpc.ssl_server_credentials([pair], client_ca, client_ca is not None)


def _service(signal: Signal, store: Store, script: Script) -> grpc.GenericRpcHandler:
    """Return the handler of one signal's service, whose requests and replies are bytes."""
    method: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(
        _export(signal, store, script), None, None
    )
    return grpc.method_handlers_generic_handler(messages.ENDPOINTS[signal].service, {"Export": method})


def _export(signal: Signal, store: Store, script: Script) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    """Return the method that judges, stores and answers a request of a signal."""

    def export(body: bytes, context: grpc.ServicerContext) -> bytes:
        headers = {name: str(value) for name, value in context.invocation_metadata()}
        step = script.answer(signal, headers)
        message = None
        if isinstance(step, Partial) or step.is_stored:
            try:
                message = messages.decode(signal, body)
            except InputError as error:
                step = Fault(status=400, message=str(error))
        store.add(
            Received(
                signal=signal,
                protocol=Protocol.GRPC,
                headers=headers,
                size_bytes=len(body),
                message=message,
            )
        )
        if isinstance(step, Fault):
            _refuse(step, context)
        return messages.reply(signal, step.rejected, step.message).SerializeToString()

    return export


def _refuse(fault: Fault, context: grpc.ServicerContext) -> NoReturn:
    """End a call with a fault."""
    details = fault.details
    if details is None and fault.retry_after_s is not None:
        details = status_of(fault)
    if details is not None:
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
    context.abort(grpc.StatusCode[fault.grpc_code], fault.message)
