package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much of a message both ends touch. */
public enum Touch {
    /** Every byte is written by the sender and read by the receiver. */
    FULL,

    /** Only the first 64 bytes are written and read. */
    HEADER,

    /** Only the sequence number is written and read: the first 8 bytes. */
    NONE,

    /** What another version of this program wrote. */
    @JsonEnumDefaultValue
    OTHER;

    /** Returns the name on the command line and in files. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
