using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// How many outer source ports the underlay can spread tunnels by (spec 09 Q10, 12 §4.1). Upstream's port and bouncer come of one hash, 1024 + H mod 5529 and H mod n, so that the tunnels
/// to one bouncer have only 5529 / gcd(n, 5529) of them, and all flows of a pair one.
/// </summary>
/// <param name="bouncers">Of the network, 1 to <see cref="AddressList.Limit"/>.</param>
/// <param name="keys">Which pairs; of residues every hash up to the least multiple of bouncers and 5529, and on to <paramref name="pairs"/>.</param>
/// <param name="pairs">Pairs that talk.</param>
/// <param name="flows">UDP flows of each, from drawn ports to one.</param>
/// <param name="settings">Whether ports count, and a tier has a hash of its own.</param>
public sealed class EntropyStudy(int bouncers, HashKeys keys, int pairs, int flows, DataPlaneSettings settings) : IStudy
{
    private const int Ports = ushort.MaxValue + 1;
    private const ushort ServicePort = 443;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("ports", "", "Distinct outer source ports of all tunnels together"),
        new("ports_a_bouncer", "", "Distinct ports of the tunnels to one bouncer, of the bouncer with most"),
        new("ports_a_pair", "", "Distinct ports of one pair's flows, mean over pairs"),
        new("sharing", "", "Pairs of flows that share a port"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => keys == HashKeys.Residues && !settings.Has(Switches.SourcePorts);

    public StudyResult Run(in StudyRun run)
    {
        AddressList list = Members.Of(bouncers);
        PacketPairs addresses = new(PairSet.Uniform, pairs, 0, run.Seed);
        RandomStream random = new(run.Seed, "entropy/flows");
        long asked = keys == HashKeys.Residues ? Math.Max(pairs, Members.LeastMultiple(bouncers, MizarHash.SourcePorts)) : pairs;
        long[] ofAll = new long[Ports];
        bool[][] ofBouncer = [.. Enumerable.Range(0, bouncers).Select(_ => new bool[Ports])];
        long[] lastPair = new long[Ports];
        Array.Fill(lastPair, -1);
        long distinct = 0;
        for (long pair = 0; pair < asked; pair++)
        {
            if (pair % 0x1_0000 == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
            (Ipv4Address source, Ipv4Address destination) = keys == HashKeys.Residues ? default : addresses[(int)pair];
            uint hash = keys == HashKeys.Residues ? (uint)pair : MizarHash.OfAddresses(source, destination);
            int bouncer = Members.NumberOf(ListPick.Pick(settings, in list, ListTier.AgentBouncer, hash));
            for (int flow = 0; flow < flows; flow++)
            {
                FlowKey key = new(source, destination, random.NextUInt16(), ServicePort, IpProtocol.Udp);
                ushort port = SourcePort.Of(new InnerPacket { Flow = key, Ttl = 64, TransportAt = Wire.Ipv4.Length, HasPorts = true }, hash, settings);
                ofAll[port]++;
                ofBouncer[bouncer][port] = true;
                distinct += lastPair[port] == pair ? 0 : 1;
                lastPair[port] = pair;
            }
        }
        return StudyResult.Of(
            ofAll.Count(flows => flows > 0),
            ofBouncer.Max(own => own.Count(used => used)),
            (double)distinct / asked,
            ofAll.Sum(sharing => sharing * (sharing - 1) / 2.0));
    }
}
