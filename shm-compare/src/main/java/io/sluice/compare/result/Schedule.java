package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The times between messages that are sent at a rate. */
public enum Schedule {
    /** The same time between any two messages. */
    FIXED,

    /** Times as between independent events (a Poisson process); seeded. */
    EXPONENTIAL,

    /** What another version of this program wrote. */
    @JsonEnumDefaultValue
    OTHER;

    /** Returns the name in files. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
