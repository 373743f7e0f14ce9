package io.itrgateway.token;

import io.itrgateway.TurnableClock;
import io.itrgateway.contract.TokenStoreContract;
import java.time.Instant;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Hushed.class)
class MemoryTokenStoreTest extends TokenStoreContract {

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final TokenStore store = new TokenRoom(clock, new ScriptedAuthorizer(clock)).storeOf(TokenRoom.COMPANY);

    @Override
    protected TokenStore store() {
        return store;
    }
}
