package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Sizes and times are read and printed as the help says. */
class HumanUnitsTest {
    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "64K, 65536",
        "64k, 65536",
        "1.5M, 1572864",
        "2GiB, 2147483648",
        "3 TB, 3298534883328",
        "7B, 7"
    })
    void sizesArePowersOf1024(String text, long bytes) {
        assertEquals(bytes, new HumanUnits.Size().convert(text));
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "2s, 2000", "2, 2000", "1m, 60000", "1h, 3600000", "1.5s, 1500"})
    void timesHaveUnits(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), new HumanUnits.Time().convert(text));
    }

    @Test
    void theSmallestTimeIsAMicrosecond() {
        assertEquals(Duration.ofNanos(1000), new HumanUnits.Time().convert("1us"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "9X", "9KM", "-1", "1 2"})
    void otherTextsAreRefused(String text) {
        assertThrows(TypeConversionException.class, () -> new HumanUnits.Size().convert(text));
        assertThrows(TypeConversionException.class, () -> new HumanUnits.Time().convert(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "102400, 100 KiB",
        "1048575, 1024 KiB",
        "1073741824, 1 GiB",
        "1125899906842624, 1024 TiB"
    })
    void bytesArePrintedWithAUnit(double bytes, String text) {
        assertEquals(text, HumanUnits.bytes(bytes));
    }
}
