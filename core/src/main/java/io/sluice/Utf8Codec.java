package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A codec for strings as UTF-8. It encodes character by character, without an intermediate array.
 */
enum Utf8Codec implements Codec<String> {
    INSTANCE;

    private static final int UNPAIRED = '?';

    @Override
    public int length(String message) {
        int count = message.length();
        long length = count;
        for (int i = 0; i < count; i++) {
            char c = message.charAt(i);
            if (c < 0x80) {
                continue;
            }
            if (c < 0x800) {
                length++;
            } else if (!Character.isSurrogate(c)) {
                length += 2;
            } else if (isPair(message, i)) {
                length += 2; // Four bytes for two chars.
                i++;
            }
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a string of " + length + " bytes: split it, no message is that long");
        }
        return (int) length;
    }

    private static boolean isPair(String message, int index) {
        return Character.isHighSurrogate(message.charAt(index))
                && index + 1 < message.length()
                && Character.isLowSurrogate(message.charAt(index + 1));
    }

    @Override
    public int encode(String message, MemorySegment memory, long offset) {
        int count = message.length();
        long at = offset;
        for (int i = 0; i < count; i++) {
            char c = message.charAt(i);
            if (c < 0x80) {
                at = put(memory, at, c);
            } else if (c < 0x800) {
                at = put(memory, at, 0xC0 | c >> 6);
                at = put(memory, at, 0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                at = put(memory, at, 0xE0 | c >> 12);
                at = put(memory, at, 0x80 | c >> 6 & 0x3F);
                at = put(memory, at, 0x80 | c & 0x3F);
            } else if (isPair(message, i)) {
                int point = message.codePointAt(i++);
                at = put(memory, at, 0xF0 | point >> 18);
                at = put(memory, at, 0x80 | point >> 12 & 0x3F);
                at = put(memory, at, 0x80 | point >> 6 & 0x3F);
                at = put(memory, at, 0x80 | point & 0x3F);
            } else {
                at = put(memory, at, UNPAIRED);
            }
        }
        return (int) (at - offset);
    }

    private static long put(MemorySegment memory, long at, int value) {
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        return at + 1;
    }

    @Override
    public String decode(MemorySegment memory, long offset, int length) {
        // Copied first: a hostile sender may change the bytes during decoding.
        return new String(
                BytesCodec.INSTANCE.decode(memory, offset, length), StandardCharsets.UTF_8);
    }
}
