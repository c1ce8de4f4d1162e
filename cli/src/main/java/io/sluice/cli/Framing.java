package io.sluice.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How messages follow each other in a stream of bytes. */
final class Framing {
    private static final int CHUNK = 1 << 16;

    @ArgGroup(exclusive = true)
    private Choice choice = new Choice();

    /** At most one of them. */
    private static final class Choice {
        @Option(names = "--raw", description = "The bytes of messages, with nothing between them.")
        boolean raw;

        @Option(names = "--lines", description = "A line for each message.")
        boolean lines;

        @Option(
                names = "--frames",
                description =
                        "The length of each message, an unsigned number of 32 bits, little endian,"
                                + " in front of it.")
        boolean frames;
    }

    boolean isChosen() {
        return choice.raw || choice.lines || choice.frames;
    }

    /** Adds a message to an output. */
    void write(Output output, byte[] message, int length) {
        if (choice.frames) {
            byte[] head =
                    ByteBuffer.allocate(Integer.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(length)
                            .array();
            output.bytes(head, head.length);
        }
        output.bytes(message, length);
        if (choice.lines) {
            output.bytes(new byte[] {'\n'}, 1);
        }
    }

    /** The messages of an input. */
    interface MessageSource {
        /**
         * Reads the next message.
         *
         * @return null at the end
         * @throws Failure if the input is not of this form, or the message is too long
         */
        byte[] next() throws IOException;
    }

    /**
     * Returns the messages of an input.
     *
     * @param longest the length of the longest message that can be sent
     */
    MessageSource read(InputStream in, int longest) {
        if (choice.lines) {
            BufferedInputStream buffered = new BufferedInputStream(in, CHUNK);
            return () -> line(buffered, longest);
        }
        if (choice.frames) {
            BufferedInputStream buffered = new BufferedInputStream(in, CHUNK);
            return () -> frame(buffered, longest);
        }
        byte[] chunk = new byte[Math.min(CHUNK, Math.max(1, longest))];
        return () -> {
            int length = in.read(chunk);
            return length < 0 ? null : java.util.Arrays.copyOf(chunk, length);
        };
    }

    private static byte[] line(InputStream in, int longest) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() == longest) {
                throw tooLong("a line", longest);
            }
            line.write(next);
            next = in.read();
        }
        return line.toByteArray();
    }

    private static byte[] frame(InputStream in, int longest) throws IOException {
        byte[] head = in.readNBytes(Integer.BYTES);
        if (head.length == 0) {
            return null;
        }
        long length = -1;
        if (head.length == Integer.BYTES) {
            length =
                    Integer.toUnsignedLong(
                            ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt());
            if (length > longest) {
                throw tooLong("a frame of " + length + " bytes", longest);
            }
        }
        byte[] message = length < 0 ? head : in.readNBytes((int) length);
        if (length != message.length) {
            throw new Failure(
                    ExitStatus.DATA,
                    "the input ends within a frame: %d bytes of %s are there"
                            .formatted(message.length, length < 0 ? "its length" : length));
        }
        return message;
    }

    private static Failure tooLong(String what, int longest) {
        return new Failure(
                ExitStatus.DATA,
                what
                        + " is longer than a message of this pipe, which has up to "
                        + longest
                        + " bytes: make the pipe with a larger --capacity");
    }
}
