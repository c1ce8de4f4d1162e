package io.sluice;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;

/**
 * An iterator that receives messages until the end of the stream. Belongs to its receiver's thread.
 */
final class ReceivingIterator<E> implements Iterator<E> {
    private final Receiver<E> receiver;
    private E next;
    private boolean endOfStream;

    ReceivingIterator(Receiver<E> receiver) {
        this.receiver = receiver;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !endOfStream) {
            next = receive();
            endOfStream = next == null;
        }
        return next != null;
    }

    private E receive() {
        try {
            return receiver.receive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("interrupted while waiting for a message");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the stream has ended");
        }
        E message = next;
        next = null;
        return message;
    }
}
