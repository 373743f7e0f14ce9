package io.itrgateway.token;

import io.itrgateway.TurnableClock;
import io.itrgateway.contract.TokenShelfContract;
import java.time.Instant;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Hushed.class)
class CachedTokenShelfTest extends TokenShelfContract {

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final TokenShelf shelf = new TokenRoom(clock, new ScriptedAuthorizer(clock)).shelfOf(TokenRoom.COMPANY);

    @Override
    protected TokenShelf shelf() {
        return shelf;
    }
}
