package io.sluice.compare.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a percentage as a part: 3% is 0.03. */
final class PercentConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
        try {
            double percent = Double.parseDouble(text.strip().replaceFirst("%$", ""));
            if (percent >= 0 && percent <= 1000) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new TypeConversionException(
                text + " is not a percentage from 0% to 1000%, 3% for instance");
    }
}
