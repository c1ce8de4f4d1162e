package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Maps numbers to pixels.
 *
 * @param min the number at one end; above 0 if logarithmic
 * @param max the number at the other
 * @param from the pixel of the first
 * @param to the pixel of the other
 * @param logarithmic whether equal distances are equal ratios
 */
record Axis(double min, double max, double from, double to, boolean logarithmic) {
    private static final int FEW = 5;
    private static final double[] DECADES = {1};
    private static final double[] FINE = {1, 2, 5};

    /** Begins at 0 and reaches a little beyond a number. */
    static Axis linear(double largest, double from, double to) {
        return new Axis(0, largest > 0 ? largest * 1.05 : 1, from, to, false);
    }

    /**
     * Begins a little below the smallest of the numbers and ends a little above the largest;
     * ignores what is not above 0.
     */
    static Axis log(List<Double> numbers, double from, double to) {
        List<Double> positive = numbers.stream().filter(v -> v > 0 && Double.isFinite(v)).toList();
        double min = positive.stream().mapToDouble(v -> v).min().orElse(1);
        double max = positive.stream().mapToDouble(v -> v).max().orElse(10);
        return new Axis(min / 1.25, Math.max(max * 1.25, min * 4), from, to, true);
    }

    /** Returns a logarithmic one that has room for these and their intervals. */
    static Axis of(List<Estimate> estimates, double from, double to) {
        return log(
                estimates.stream().flatMap(e -> Stream.of(e.value(), e.lo(), e.hi())).toList(),
                from,
                to);
    }

    /** Returns the same between other pixels. */
    Axis between(double left, double right) {
        return new Axis(min, max, left, right, logarithmic);
    }

    double at(double number) {
        double part =
                logarithmic
                        ? Math.log(Math.max(number, min) / min) / Math.log(max / min)
                        : (number - min) / (max - min);
        return from + Math.min(1, Math.max(0, part)) * (to - from);
    }

    /** Tests whether a number lies beyond an end, where {@link #at} cuts it off. */
    boolean isBeyond(double number) {
        return number < min || number > max;
    }

    /**
     * Numbers to label: 1, 2, 5 of each decade, or decades if there are many; steps of 1, 2 or 5 if
     * linear.
     */
    List<Double> ticks() {
        return logarithmic
                ? logTicks(Math.log10(max / min) > 2.6 ? DECADES : FINE)
                : linearTicks(FEW);
    }

    /** Returns no more labels than fit if each takes the given number of pixels. */
    List<Double> ticks(double apart) {
        int most = Math.max(2, (int) (Math.abs(to - from) / apart));
        if (!logarithmic) {
            return linearTicks(Math.min(FEW, most));
        }
        List<Double> ticks = ticks();
        for (double[] steps : List.of(new double[] {1, 3}, DECADES)) {
            ticks = ticks.size() > most ? logTicks(steps) : ticks;
        }
        List<Double> decades = ticks;
        int every = (decades.size() + most - 1) / most;
        return decades.stream().filter(tick -> decades.indexOf(tick) % every == 0).toList();
    }

    private List<Double> logTicks(double[] steps) {
        int lowest = (int) Math.floor(Math.log10(min));
        return IntStream.rangeClosed(lowest, (int) Math.floor(Math.log10(max)))
                .boxed()
                .flatMap(n -> DoubleStream.of(steps).mapToObj(step -> step * Math.pow(10, n)))
                .filter(tick -> !isBeyond(tick))
                .toList();
    }

    private List<Double> linearTicks(int most) {
        double raw = (max - min) / most;
        double decade = Math.pow(10, Math.floor(Math.log10(raw)));
        double step =
                decade * (raw / decade > 5 ? 10 : raw / decade > 2 ? 5 : raw / decade > 1 ? 2 : 1);
        return IntStream.iterate(0, i -> min + i * step <= max, i -> i + 1)
                .mapToObj(i -> min + i * step)
                .toList();
    }
}
