namespace MizarLab.Overlay;

/// <summary>
/// What a <see cref="GeneratedTopology"/> is made of: numbers alone. Endpoints fill networks one after the other and networks VPCs; every droplet gets as many
/// endpoints as any other, or one more.
/// </summary>
/// <example><code>new GeneratedShape(Droplets: 10_000, Endpoints: 1_000_000)</code></example>
/// <param name="Droplets">1 to 1 000 000.</param>
/// <param name="Endpoints">Of all droplets together.</param>
public sealed record GeneratedShape(int Droplets, int Endpoints)
{
    /// <summary>The last network may have fewer.</summary>
    public int EndpointsPerNetwork { get; init; } = 250;

    /// <summary>The last VPC may have fewer.</summary>
    public int NetworksPerVpc { get; init; } = 4;

    /// <summary>Distinct droplets each.</summary>
    public int BouncersPerNetwork { get; init; } = 2;

    /// <summary>Distinct droplets each.</summary>
    public int DividersPerVpc { get; init; } = 2;

    /// <summary>MTU in bytes of IP, and the link every droplet has.</summary>
    public Underlay Underlay { get; init; } = new(1_500, new LinkSpec(Engine.SimTime.FromMicroseconds(1), new Engine.DataRate(100_000_000_000), LinkSpec.NoLimit));

    public int Networks => (int)(((long)Endpoints + EndpointsPerNetwork - 1) / EndpointsPerNetwork);

    public int Vpcs => (Networks + NetworksPerVpc - 1) / NetworksPerVpc;
}
