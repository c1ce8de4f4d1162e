package io.sluice.compare.transport;

import io.sluice.Proof;
import java.util.List;

/** The mechanisms of the peers' jar. */
class PeersContractTest extends TransportContract {
    @Override
    List<Transport> mechanisms() {
        return peers();
    }

    /** Returns all of them in a proof, else of Aeron only the variant that touches less memory. */
    static List<Transport> peers() {
        return Transports.all().stream()
                .filter(each -> each.getClass().getPackageName().endsWith(".peers"))
                .filter(each -> Proof.isProofBuild() || !each.id().equals("aeron.ipc"))
                .toList();
    }
}
