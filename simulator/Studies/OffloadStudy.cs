using System.Collections.Immutable;
using MizarLab.Baselines;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>Who talks to whom and how much: Andromeda's network as fitted in spec 12 §1.3.</summary>
/// <param name="Active">Share of ordered pairs that talk at all.</param>
/// <param name="MedianBitsPerSecond">What half of these pass.</param>
/// <param name="Sigma">Of the logarithm of the throughput.</param>
public readonly record struct CloudMatrix(double Active, double MedianBitsPerSecond, double Sigma);

/// <summary>What of the traffic stays on the relays.</summary>
/// <param name="Threshold">Pairs of at least so many bits a second are offloaded; null: by <paramref name="Share"/>.</param>
/// <param name="Share">This share of all ordered pairs is offloaded, the busiest first.</param>
public readonly record struct OffloadRule(double? Threshold, double Share);

/// <summary>
/// How much traffic stays on gateways when the busiest pairs are offloaded, and how many rows that takes (spec 12 §8 E3). Pairs are drawn for the rows; for the traffic, packets: the pair of a
/// random packet has a throughput of the size-biased law, and the share below the threshold is the share of bytes on gateways. Mizar offloads every pair that talks, in the data plane, after the packets
/// its programs send by relays first, which are counted on a real pair. An on-demand controller answers every pair that talks; a full mesh has a row for everybody, talkative or not.
/// </summary>
/// <remarks>
/// Rows a host holds are of pairs where the architecture's rows are (Hoverboard, on demand), and of destinations, which all its endpoints share, where they are addresses (Achelous, and Mizar's direct path).
/// </remarks>
/// <remarks>
/// Of a matrix drawn pair by pair the share wanders, however large: at σ = 4.82 half of all traffic is that of one active pair in 1.4 million. So the network drawn from is endless, as the closed form's:
/// residual = Φ(z(1 − f/active) − σ).
/// </remarks>
/// <param name="architecture">hoverboard, achelous (the same rule at its hosts), on_demand, full_mesh, mizar or lab.</param>
/// <param name="rule">What is offloaded, of those that choose.</param>
/// <param name="matrix">The workload.</param>
/// <param name="draws">Pairs, and packets.</param>
/// <param name="window">Traffic is looked at so long; Mizar's first packets are each pair's once in it.</param>
/// <param name="endpoints">Of the network, for rows a host.</param>
/// <param name="hosts">They live on.</param>
/// <param name="settings">Of the Mizars.</param>
public sealed class OffloadStudy(
    ArchitectureKind architecture, OffloadRule rule, CloudMatrix matrix, int draws, SimTime window, int endpoints, int hosts, DataPlaneSettings settings) : IStudy
{
    private const int PacketBits = 8 * 1_000;
    private const int SampledExchanges = 50;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("offloaded", "", "Offloaded pairs over all ordered pairs"),
        new("residual", "", "Bytes that pass gateways or bouncers over all bytes"),
        new("threshold", "bit/s", "Pairs of at least this throughput are offloaded"),
        new("rows", "rows", "Rows a host holds so that packets pass no relay, of a network of so many endpoints and hosts"),
        new("below_20k", "", "Pairs below 20 kb/s over all ordered pairs, silent ones among them"),
        new("relayed_packets", "packets", "Packets of a pair that pass a relay whatever the rule"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        double mu = StableMath.Log(matrix.MedianBitsPerSecond);
        Lognormal pairs = new(mu, matrix.Sigma);
        RandomStream random = new(run.Seed, "offload/pairs");
        double[] rates = new double[draws];
        long slow = 0;
        for (int i = 0; i < draws; i++)
        {
            double rate = random.NextBool(matrix.Active) ? pairs.Next(random) : 0;
            rates[i] = rate;
            slow += rate < 20_000 ? 1 : 0;
            if ((i & 0xFFFF) == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
        }
        double threshold = architecture switch
        {
            ArchitectureKind.Hoverboard or ArchitectureKind.Achelous => rule.Threshold ?? Quantile(rates, rule.Share),
            _ => 0,
        };
        long above = rates.LongCount(rate => IsOffloaded(rate, threshold));
        double relayed = Architectures.IsMizar(architecture) ? RelayedPackets(run) : 0;
        double residual = Residual(new Lognormal(mu + (matrix.Sigma * matrix.Sigma), matrix.Sigma), new RandomStream(run.Seed, "offload/packets"), threshold, relayed, run.Cancel);
        return StudyResult.Of((double)above / draws, residual, threshold, Rows(rates, threshold), slow / (double)draws, relayed);
    }

    private bool IsOffloaded(double rate, double threshold) => architecture == ArchitectureKind.FullMesh || (rate > 0 && rate >= threshold);

    /// <summary>
    /// The draws are rows of the matrix: so many for each of a host's endpoints and one destination after another. A row is a pair's, or a destination's that any of the host's endpoints has a reason for.
    /// </summary>
    private double Rows(double[] rates, double threshold)
    {
        if (architecture == ArchitectureKind.FullMesh)
        {
            return endpoints;
        }
        bool ofPairs = architecture is ArchitectureKind.Hoverboard or ArchitectureKind.OnDemand;
        int hosted = Math.Max(1, endpoints / hosts), groups = rates.Length / hosted;
        long rows = 0;
        for (int group = 0; group < groups; group++)
        {
            int offloaded = 0;
            for (int i = group * hosted; i < (group + 1) * hosted; i++)
            {
                offloaded += IsOffloaded(rates[i], threshold) ? 1 : 0;
            }
            rows += ofPairs ? offloaded : Math.Min(1, offloaded);
        }
        return (double)rows / groups * (endpoints - hosted);
    }

    /// <summary>The throughput above which this share of all pairs lies.</summary>
    private static double Quantile(double[] rates, double share)
    {
        double[] sorted = [.. rates];
        Array.Sort(sorted);
        int above = (int)Math.Round(share * sorted.Length);
        return above == 0 ? double.PositiveInfinity : sorted[^above];
    }

    private double Residual(Lognormal ofPackets, RandomStream random, double threshold, double relayed, CancellationToken cancel)
    {
        double seconds = window.Picoseconds / 1e12;
        double sum = 0;
        for (int i = 0; i < draws; i++)
        {
            double rate = ofPackets.Next(random);
            double packets = Math.Max(1, rate * seconds / PacketBits);
            sum += rate < threshold ? 1 : Math.Min(1, relayed / packets);
            if ((i & 0xFFFF) == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
        return sum / draws;
    }

    /// <summary>Of a pair that talks both ways, packet and answer: how many of one direction pass another droplet than the two hosts.</summary>
    private double RelayedPackets(in StudyRun run)
    {
        StudyNet net = new();
        DropletId near = net.Droplet(), far = net.Droplet();
        NetworkId network = net.Network(net.Vpc(net.Droplet()), net.Droplets(2));
        EndpointId a = net.Endpoint(network, near), b = net.Endpoint(network, far);
        Walk walk = new(net.Begin(Architectures.SettingsOf(architecture, settings), run.Seed));
        long relayed = 0;
        for (int i = 0; i < SampledExchanges; i++)
        {
            walk.Send(a, b);
            relayed += walk.Way.Count > 2 ? 1 : 0;
            walk.Send(b, a);
            relayed += walk.Way.Count > 2 ? 1 : 0;
        }
        return relayed;
    }
}
