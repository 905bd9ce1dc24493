using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>
/// Packets between random pairs of a network, each pair another, walked through the programs in batches: all agents, then all next hops. So every run meets rows
/// and frames nobody has touched for thousands of runs, and a batch's time is the programs' alone.
/// </summary>
internal sealed class PairWalk
{
    private const int Batch = 1_024;
    private const int PayloadBytes = 1_000;

    /// <summary>Agent, bouncer, divider, the other bouncer, host; a walk of one network takes three.</summary>
    private const int MostHops = 8;

    private readonly GeneratedPlan plan;
    private readonly ModelDataPlane model;
    private readonly uint firstDroplet;
    private readonly RandomStream random = new(1, "pairs");
    private readonly Frame[] frames = new Frame[Batch];
    private readonly EndpointId[] sources = new EndpointId[Batch];
    private readonly EndpointId[] destinations = new EndpointId[Batch];
    private readonly byte[] headers;

    public PairWalk(GeneratedPlan plan, ModelDataPlane model)
    {
        this.plan = plan;
        this.model = model;
        firstDroplet = plan.Topology.Roles.Droplets[0].Address.Value;
        byte[] whole = new PacketBuilder().Ethernet(default, default).Ipv4(default, default).Udp(40_000, 9_000).Bytes(new byte[PayloadBytes]).ToBytes();
        headers = whole[..^PayloadBytes];
    }

    /// <summary>Program runs so far, and how long they took.</summary>
    public long Runs { get; private set; }

    public TimeSpan Time { get; private set; }

    /// <summary>The shortest time of a run in any batch.</summary>
    public double BestNanoseconds { get; private set; } = double.MaxValue;

    /// <summary>Sends a batch; null, or what did not arrive where it should.</summary>
    public string? SendBatch()
    {
        for (int i = 0; i < Batch; i++)
        {
            Draw(i);
        }
        long runs = 0;
        Span<int> underWay = stackalloc int[Batch];
        int left = Batch;
        for (int i = 0; i < Batch; i++)
        {
            underWay[i] = i;
        }
        long began = Stopwatch.GetTimestamp();
        for (int hop = 0; left > 0 && hop < MostHops; hop++)
        {
            int going = 0;
            foreach (int i in underWay[..left])
            {
                ProgramResult result = hop == 0
                    ? model.Run(plan.Topology.HostOf(sources[i]), ProgramId.Agent, plan.AgentOf(sources[i]), ref frames[i])
                    : model.Run(DropletOf(in frames[i]), ProgramId.Transit, default, ref frames[i]);
                runs++;
                if (result.Verdict != Verdict.Redirect)
                {
                    return $"{sources[i]} to {destinations[i]}: {result}";
                }
                if (result.Slot == PortId.Nic.Value)
                {
                    underWay[going++] = i;
                }
                else if (result.Slot != plan.Topology.PortOf(destinations[i]))
                {
                    return $"{sources[i]} to {destinations[i]}: delivered to port {result.Slot}";
                }
            }
            left = going;
        }
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        Runs += runs;
        Time += took;
        BestNanoseconds = Math.Min(BestNanoseconds, took.TotalNanoseconds / runs);
        return left > 0 ? $"{left} packets of {Batch} are under way after {MostHops} hops" : null;
    }

    private DropletId DropletOf(in Frame frame) => new((int)(Ipv4Address.Read(frame.HeadView[30..]).Value - firstDroplet));

    private void Draw(int i)
    {
        GeneratedTopology topology = plan.Topology;
        EndpointId source = new((int)random.NextBelow((uint)topology.EndpointCount));
        NetworkId network = topology.NetworkOf(source);
        EndpointId destination = topology.MemberAt(network, (int)random.NextBelow((uint)topology.MembersOf(network)));
        (sources[i], destinations[i]) = (source, destination);
        topology.MacOf(destination).Write(headers);
        topology.MacOf(source).Write(headers.AsSpan(6));
        Span<byte> ip = headers.AsSpan(14, 20);
        topology.AddressOf(source).Write(ip[12..]);
        topology.AddressOf(destination).Write(ip[16..]);
        ip.Slice(10, 2).Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Compute(ip));
        frames[i].LoadVirtual(headers, PayloadBytes, (ulong)i);
    }
}
