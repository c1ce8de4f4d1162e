package io.sluice.compare.cli;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.rig.Placement;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one of several things by its name.
 *
 * @param all what may be chosen
 * @param name its name
 */
record KnownValues<T>(Callable<Collection<T>> all, Function<T, String> name)
        implements ITypeConverter<T> {
    /** A name that none has, and those that there are. */
    static final class UnknownNameException extends TypeConversionException {
        private static final long serialVersionUID = 1L;

        final String name;
        final transient List<String> known;

        UnknownNameException(String message, String name, Stream<String> known) {
            super(message);
            this.name = name;
            this.known = known.toList();
        }
    }

    /** Lets a command line read what options have names of. */
    static void register(CommandLine line) {
        line.registerConverter(Pattern.class, new KnownValues<>(Pattern::all, Pattern::id));
        line.registerConverter(Suite.class, new KnownValues<>(Suite::all, Suite::name));
        line.registerConverter(
                Placement.class, new KnownValues<>(CpuOption::places, Placement::name));
        line.registerConverter(
                Touch.class,
                new KnownValues<>(
                        () -> EnumSet.complementOf(EnumSet.of(Touch.OTHER)), Touch::toString));
        line.registerConverter(
                Waiting.class,
                new KnownValues<>(
                        () -> Transports.all().stream().map(Transport::waiting).toList(),
                        Waiting::id));
    }

    @Override
    public T convert(String text) throws Exception {
        Collection<T> choices = all.call();
        List<String> known = choices.stream().map(name).distinct().toList();
        return choices.stream()
                .filter(each -> name.apply(each).equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UnknownNameException(
                                        "there is no '%s' here: choose from %s"
                                                .formatted(text, String.join(",", known)),
                                        text,
                                        known.stream()));
    }

    /** Reads mechanisms: the one of a name, or all of an id. */
    static final class Mechanisms implements ITypeConverter<List<Transport>> {
        @Override
        public List<Transport> convert(String name) {
            try {
                return Transports.named(name);
            } catch (NoSuchElementException e) {
                Stream<Transport> all = Transports.all().stream();
                throw new UnknownNameException(
                        e.getMessage(), name, all.flatMap(t -> Stream.of(t.id(), t.name())));
            }
        }
    }
}
