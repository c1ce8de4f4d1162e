package io.sluice.compare.cli;

import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** Finds the mechanisms that a command line names. */
final class NamedMechanisms {
    private NamedMechanisms() {}

    static List<Transport> of(List<String> names) {
        return names.stream().flatMap(name -> named(name).stream()).toList();
    }

    private static List<Transport> named(String name) {
        try {
            return Transports.named(name);
        } catch (NoSuchElementException e) {
            List<String> known =
                    Transports.all().stream()
                            .flatMap(each -> Stream.of(each.id(), each.name()))
                            .toList();
            throw WrongArgumentException.unknown(e.getMessage(), name, known);
        }
    }
}
