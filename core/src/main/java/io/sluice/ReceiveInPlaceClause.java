package io.sluice;

import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import java.util.Objects;

/**
 * A clause that passes a message of a pipe to a handler, in place. It is received at the end of the
 * call, when the select has stopped waiting: of a pipe with several receivers another one may take
 * the message before.
 */
final class ReceiveInPlaceClause extends Clause {
    private final PipeReceiver receiver;
    private final MessageHandler handler;

    ReceiveInPlaceClause(PipeReceiver receiver, MessageHandler handler) {
        super(new End(receiver));
        this.receiver = receiver;
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    private record End(PipeReceiver receiver) implements Selectable {
        End {
            Objects.requireNonNull(receiver, "receiver");
        }

        @Override
        public WaitQueue waitQueue() {
            return receiver.waitQueue();
        }

        @Override
        public boolean ready() {
            return receiver.isReady();
        }

        /** Does nothing: the end passes its wake-up on when the select stops waiting for it. */
        @Override
        public void passWakeup() {}
    }

    @Override
    boolean tryComplete() {
        return receiver.isReady();
    }

    @Override
    boolean finish() {
        return receiver.poll(handler, 1) > 0;
    }

    @Override
    boolean isEndOfStream() {
        receiver.checkOpen();
        return receiver.isEndOfStream();
    }

    @Override
    public String toString() {
        return "receive";
    }
}
