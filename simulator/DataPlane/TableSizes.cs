namespace MizarLab.DataPlane;

/// <summary>How many rows a droplet's tables hold at most.</summary>
public sealed record TableSizes
{
    /// <summary>Upstream's (§3.1).</summary>
    public static readonly TableSizes Default = new();

    /// <summary>What a droplet needs in the dialect <c>lab</c>; more by settings.</summary>
    public static readonly TableSizes Lab = new() { Endpoints = 65_536, Slots = 4_096, DirectPath = 16_384, Nat = 16_384, Connections = 16_384, ServicePorts = 16_384 };

    public static TableSizes Of(Dialect dialect) => dialect == Dialect.Lab ? Lab : Default;

    public int Endpoints { get; init; } = 65_537;

    /// <summary>Of transit's devmap.</summary>
    public int Slots { get; init; } = SlotTable.Limit;

    public int Networks { get; init; } = 16_385;

    public int Vpcs { get; init; } = 8_192;

    /// <summary>Entries of the direct-path cache; the least recently used leaves for one more.</summary>
    public int DirectPath { get; init; } = 50_000;

    /// <summary>Substrate rows of one droplet's agents together; upstream has 4 096 for each of at most 127.</summary>
    public int AgentSubstrate { get; init; } = 4_096 * 127;

    public int ServicePorts { get; init; } = 65_536;

    /// <summary>Entries of each of the two NAT caches.</summary>
    public int Nat { get; init; } = 50_000;

    public int Connections { get; init; } = 50_000;

    /// <summary>Rows of sessions with the outside, two a session.</summary>
    public int Translations { get; init; } = 32_768;
}
