package io.sluice.compare.cli;

import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Finds the mechanisms that a command line names. */
final class NamedMechanisms {
    private NamedMechanisms() {}

    static List<Transport> of(CommandLine command, List<String> names) {
        return names.stream().flatMap(name -> named(command, name).stream()).toList();
    }

    private static List<Transport> named(CommandLine command, String name) {
        try {
            return Transports.named(name);
        } catch (NoSuchElementException e) {
            List<String> known =
                    Transports.all().stream()
                            .flatMap(each -> Stream.of(each.id(), each.name()))
                            .toList();
            throw new WrongArguments.UnknownValueException(command, e.getMessage(), name, known);
        }
    }
}
