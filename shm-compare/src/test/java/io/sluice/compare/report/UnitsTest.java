package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.export.Units;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0_ns",
        "0.5, 0.50_ns",
        "9.996, 10.0_ns",
        "449.6, 450_ns",
        "999.4, 999_ns",
        "999.6, 1.00_µs",
        "12345, 12.3_µs",
        "66000000, 66.0_ms",
        "5e12, 5000_s",
        "-1950, −1.95_µs",
        "NaN, –"
    })
    void timesHaveThreeDigits(double ns, String text) {
        assertEquals(text.replace('_', '\u00a0'), Units.time(ns));
    }

    @Test
    void ratesAndSizes() {
        assertEquals("1.15\u00a0M/s", Units.rate(1_150_000).replace(" ", "\u00a0"));
        assertEquals("64\u00a0B", Units.bytes(64));
        assertEquals("4\u00a0KiB", Units.bytes(4096));
        assertEquals("1\u00a0MiB", Units.bytes(1 << 20));
        assertEquals("1000\u00a0B", Units.bytes(1000));
    }

    @Test
    void ticksHaveNoZerosThatSayNothing() {
        assertEquals("5\u00a0µs", Units.tick("5.00\u00a0µs"));
        assertEquals("2.5\u00a0µs", Units.tick("2.50\u00a0µs"));
        assertEquals("500\u00a0ns", Units.tick("500\u00a0ns"));
        assertEquals("0", Units.tick("0\u00a0ns"));
    }

    @Test
    void axesBeginAtZeroOrSayTheyAreLogarithmic() {
        assertEquals(List.of(0.0, 5.0, 10.0), new Axis(0, 12.6, 0, 100, false).ticks());
        assertEquals(List.of(1.0, 2.0, 5.0, 10.0, 20.0), new Axis(0.9, 30, 0, 100, true).ticks());
        assertEquals(50, new Axis(1, 100, 0, 100, true).at(10), 1e-9);
        assertEquals(0, Axis.linear(0, 0, 100).at(0));
    }
}
