package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.stats.Estimate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WhiskerTest {
    /** From 0 to 105, on the pixels 100 to 205. */
    private static final Axis AXIS = Axis.linear(100, 100, 205);

    @Test
    void anEndBeyondTheAxisIsAnArrow() {
        assertEquals(0, arrows(new Estimate(50, 20, 80)));
        assertEquals(1, arrows(new Estimate(50, -20, 80)));
        assertEquals(1, arrows(new Estimate(50, 20, 800)));
        assertEquals(2, arrows(new Estimate(50, -20, 800)));
        assertEquals(1, arrows(new Estimate(1, -5, 1)), "as short as it is");
    }

    private static long arrows(Estimate estimate) {
        String drawn =
                new Svg(Svg.WIDE, "x", "x", "x").whisker(AXIS, estimate, 10, 3).build(20, "");
        return Pattern.compile(" arrow").matcher(drawn).results().count();
    }
}
