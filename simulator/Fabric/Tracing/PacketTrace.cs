using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>Where at a droplet a frame was seen, in the order of its way through it.</summary>
internal enum TraceSpot : byte
{
    /// <summary>From an endpoint's port.</summary>
    FromPort,

    /// <summary>From the wire.</summary>
    NicIn,

    /// <summary>As the agent left it.</summary>
    Agent,

    /// <summary>As transit left it.</summary>
    Transit,

    /// <summary>Onto the wire.</summary>
    NicOut,

    /// <summary>Out of an endpoint's port.</summary>
    ToPort,
}

/// <summary>A frame at one place.</summary>
internal readonly record struct TracedFrame(
    SimTime Time, DropletId Droplet, int Port, TraceSpot Spot, int Source, int Sequence, Verdict Verdict, Reason Reason, int Block, int Offset, int Length);

/// <summary>
/// The sampled packets of one partition at every place, as bytes: payloads that were never made are made here. Memory grows by what is sampled, in blocks, up to
/// what is left of the run's budget; a packet outside the sample costs the look at one bit.
/// </summary>
internal sealed class PacketTrace(Sampling sampling, TraceBudget budget)
{
    private const int BlockBytes = 1 << 20;

    private readonly List<TracedFrame> frames = [];
    private readonly List<byte[]> blocks = [];
    private int used = BlockBytes;

    /// <summary>What is seen later cannot be in the trace.</summary>
    private SimTime last = SimTime.Never;

    /// <summary>In the order of this partition's events.</summary>
    public IReadOnlyList<TracedFrame> Frames => frames;

    public TraceBudget Budget => budget;

    /// <summary>Sightings that were let go.</summary>
    public long LeftOut { get; private set; }

    /// <summary>When the first of them was; never: there is none.</summary>
    public SimTime FirstLeftOut { get; private set; } = SimTime.Never;

    public ReadOnlySpan<byte> BytesOf(in TracedFrame frame) => blocks[frame.Block].AsSpan(frame.Offset, frame.Length);

    /// <summary>The mark of a packet that a source sends, when it is in the sample.</summary>
    /// <param name="source">Who sends it.</param>
    /// <param name="flow">Number of its flow there.</param>
    /// <param name="packet">Number of the packet there.</param>
    public PathMarks MarkOf(int source, int flow, int packet) =>
        sampling.Takes(source, sampling.Unit == SampledUnit.Flow ? flow : packet) ? PathMarks.Sampled : PathMarks.None;

    /// <inheritdoc cref="MarkOf(int, int, int)"/>
    /// <param name="ip">The packet, whose addresses and ports say which connection it is of, whoever sends it.</param>
    public PathMarks MarkOf(int source, ReadOnlySpan<byte> ip, int packet)
    {
        if (sampling.Unit == SampledUnit.Packet)
        {
            return MarkOf(source, flow: 0, packet);
        }
        int header = (ip[0] & 0xF) * 4;
        bool hasPorts = ip.Length >= header + 4;
        long one = EndOf(ip, Wire.Ipv4.Source, hasPorts ? header : -1), other = EndOf(ip, Wire.Ipv4.Destination, hasPorts ? header + 2 : -1);
        return sampling.Takes(Math.Min(one, other), Math.Max(one, other), ip[Wire.Ipv4.Protocol]) ? PathMarks.Sampled : PathMarks.None;
    }

    private static long EndOf(ReadOnlySpan<byte> ip, int address, int port) =>
        ((long)BinaryPrimitives.ReadUInt32BigEndian(ip[address..]) << 16) | (port < 0 ? (ushort)0 : Wire.Read16(ip, port));

    /// <summary>A frame is somewhere.</summary>
    public void Saw(SimTime now, DropletId droplet, PortId port, TraceSpot spot, in Waybill waybill, ref Frame frame, in ProgramResult result = default)
    {
        if ((waybill.Marks & PathMarks.Sampled) == 0)
        {
            return;
        }
        if (now > last)
        {
            FirstLeftOut = LeftOut++ == 0 ? now : FirstLeftOut;
            return;
        }
        int length = frame.Length;
        if (budget.Spend(length) && last == SimTime.Never)
        {
            last = now + budget.Window;
        }
        if (BlockBytes - used < length)
        {
            blocks.Add(new byte[Math.Max(BlockBytes, length)]);
            used = 0;
        }
        frame.CopyTo(blocks[^1].AsSpan(used, length));
        frames.Add(new TracedFrame(
            now, droplet, spot is TraceSpot.FromPort or TraceSpot.ToPort ? port.Value : 0, spot, waybill.Source, waybill.Sequence, result.Verdict, result.Reason,
            blocks.Count - 1, used, length));
        used += length;
    }
}
