namespace MizarLab.DataPlane;

/// <summary>How many rows a droplet's tables hold at most; the defaults are upstream's (§3.1). A devmap always has 128 slots.</summary>
public sealed record TableSizes
{
    public static readonly TableSizes Default = new();

    public int Endpoints { get; init; } = 65_537;

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
}
