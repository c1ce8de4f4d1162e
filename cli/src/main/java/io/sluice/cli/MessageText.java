package io.sluice.cli;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The bytes of a message, and how people see them. */
final class MessageText {
    private static final int SHOWN = 60;

    private MessageText() {}

    static byte[] bytes(MemorySegment memory, long offset, int length) {
        return memory.asSlice(offset, length).toArray(JAVA_BYTE);
    }

    /** Returns the text; null if the bytes are no UTF-8 without control characters. */
    static String text(byte[] message) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
            boolean plain =
                    text.codePoints().allMatch(c -> c == '\t' || !Character.isISOControl(c));
            return plain ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Returns the beginning of it in one line: quoted text, or hexadecimal. */
    static String shown(byte[] message) {
        String text = text(message);
        if (text != null) {
            int end =
                    text.offsetByCodePoints(
                            0, Math.min(SHOWN, text.codePointCount(0, text.length())));
            return "\"" + text.substring(0, end) + "\"" + (end < text.length() ? " ..." : "");
        }
        int shown = Math.min(SHOWN / 3, message.length);
        String hex = java.util.HexFormat.ofDelimiter(" ").formatHex(message, 0, shown);
        return hex + (shown < message.length ? " ..." : "");
    }

    /** Returns it for JSON: text if it is some, else base64. */
    static Map<String, Object> toMap(byte[] message) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("length", message.length);
        String text = text(message);
        if (text != null) {
            map.put("text", text);
        } else {
            map.put("base64", Base64.getEncoder().encodeToString(message));
        }
        return map;
    }
}
