package io.sluice.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;

/** Decodes a message in a Sluice pipe. */
final class PipeReader {
    private final Tally tally;
    private final MessageHandler handler;

    PipeReader(int size) {
        this(size, new Tally());
    }

    PipeReader(int size, Tally tally) {
        this.tally = tally;
        handler =
                size == 8 ? this::readOneWord : size == 32 ? this::readFourWords : this::readWords;
    }

    private void readOneWord(MemorySegment memory, long offset, int length) {
        long first = memory.get(JAVA_LONG_UNALIGNED, offset);
        tally.accept(first, first);
    }

    private void readFourWords(MemorySegment memory, long offset, int length) {
        long first = memory.get(JAVA_LONG_UNALIGNED, offset);
        long rest =
                memory.get(JAVA_LONG_UNALIGNED, offset + 8)
                        + memory.get(JAVA_LONG_UNALIGNED, offset + 16)
                        + memory.get(JAVA_LONG_UNALIGNED, offset + 24);
        tally.accept(first, first + rest);
    }

    private void readWords(MemorySegment memory, long offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 8) {
            sum += memory.get(JAVA_LONG_UNALIGNED, offset + i);
        }
        tally.accept(memory.get(JAVA_LONG_UNALIGNED, offset), sum);
    }

    MessageHandler handler() {
        return handler;
    }

    Tally tally() {
        return tally;
    }
}
