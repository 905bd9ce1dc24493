using System.Globalization;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Packets;

namespace MizarLab.Fabric;

/// <summary>
/// What the partitions of a run traced, in one order that does not depend on them. Written as pcapng it is like the capture of a recorded run: an interface a place
/// (<c>droplet-3 port 5</c>, <c>droplet-3 agent</c>, <c>droplet-3 nic</c>, <c>droplet-3 transit</c>), a packet a sighting, verdict and reason as comments. It holds as much as fits
/// its limit, whole up to the time where it ends, and says what is left out.
/// </summary>
public sealed class SampledTrace
{
    /// <summary>What a trace may hold if nobody says otherwise: 256 MiB.</summary>
    public const long StandardBytes = 256L << 20;

    private readonly List<(PacketTrace From, TracedFrame Frame)> frames = [];
    private readonly Sampling sampling;
    private readonly Func<int, string> droplet;

    internal SampledTrace(Sampling sampling, IReadOnlyList<PacketTrace> parts, Func<int, string> droplet)
    {
        this.sampling = sampling;
        this.droplet = droplet;
        foreach (PacketTrace part in parts)
        {
            foreach (TracedFrame frame in part.Frames)
            {
                frames.Add((part, frame));
            }
        }
        // Nothing of a sighting is left out of its key, so that equal ones alone can stand in any order.
        frames.Sort((a, b) => KeyOf(a.Frame).CompareTo(KeyOf(b.Frame)));
        foreach (PacketTrace part in parts)
        {
            LimitBytes = part.Budget.Bytes;
            LeftOut += part.LeftOut;
            HeldBytes += part.Frames.Sum(frame => frame.Length + (long)TraceBudget.NoteBytes);
            Ends = part.FirstLeftOut < Ends ? part.FirstLeftOut : Ends;
        }
        Cut();
    }

    /// <summary>Sightings that did not fit: all from <see cref="Ends"/> on, but for some of that very time.</summary>
    public long LeftOut { get; private set; }

    /// <summary>When the first was that did not fit; never: all did.</summary>
    public SimTime Ends { get; private set; } = SimTime.Never;

    /// <summary>What it may hold, in bytes.</summary>
    public long LimitBytes { get; }

    /// <summary>What partitions held for it in bytes, up to a window's more than it may hold.</summary>
    public long HeldBytes { get; }

    /// <summary>In words, what is left out; null: nothing is.</summary>
    public string? Shortfall => LeftOut == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"the trace ends at {Ends}: {LeftOut} of {LeftOut + Count} sightings do not fit its limit of {LimitBytes} bytes");

    /// <summary>Sightings: a packet has one at each place of its way.</summary>
    public int Count => frames.Count;

    /// <summary>Packets they are of.</summary>
    public int Packets => frames.Select(seen => (seen.Frame.Source, seen.Frame.Sequence)).Distinct().Count();

    /// <summary>Writes all as pcapng, in order of time; leaves the stream open.</summary>
    /// <param name="output">Written to packet by packet.</param>
    public void Write(Stream output)
    {
        PcapngWriter capture = new(output, "MizarLab", $"sampled: {sampling} by hash, seed {sampling.Seed}; times since the run began{(Shortfall is { } shortfall ? $"; {shortfall}" : "")}");
        SortedDictionary<(int Droplet, int Kind, int Port), int> interfaces = [];
        foreach ((_, TracedFrame frame) in frames)
        {
            interfaces[PlaceOf(frame)] = 0;
        }
        foreach ((int Droplet, int Kind, int Port) place in interfaces.Keys.ToArray())
        {
            interfaces[place] = capture.AddInterface($"{droplet(place.Droplet)} {place.Kind switch
            {
                0 => $"port {place.Port}",
                1 => "agent",
                2 => "nic",
                _ => "transit",
            }}");
        }
        foreach ((PacketTrace from, TracedFrame frame) in frames)
        {
            capture.Write(interfaces[PlaceOf(frame)], frame.Time.Nanoseconds, from.BytesOf(in frame), CommentOf(frame));
        }
    }

    /// <summary>Takes off what is beyond the limit.</summary>
    private void Cut()
    {
        long held = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            held += frames[i].Frame.Length + TraceBudget.NoteBytes;
            if (held > LimitBytes)
            {
                LeftOut += frames.Count - i;
                Ends = frames[i].Frame.Time < Ends ? frames[i].Frame.Time : Ends;
                frames.RemoveRange(i, frames.Count - i);
                return;
            }
        }
    }

    private static (long, int, TraceSpot, int, int, int, int) KeyOf(in TracedFrame frame) =>
        (frame.Time.Picoseconds, frame.Droplet.Index, frame.Spot, frame.Source, frame.Sequence, frame.Port, frame.Length);

    private static (int Droplet, int Kind, int Port) PlaceOf(in TracedFrame frame) => (frame.Droplet.Index, frame.Spot switch
    {
        TraceSpot.FromPort or TraceSpot.ToPort => 0,
        TraceSpot.Agent => 1,
        TraceSpot.NicIn or TraceSpot.NicOut => 2,
        _ => 3,
    }, frame.Port);

    private static string CommentOf(in TracedFrame frame) => frame.Spot switch
    {
        TraceSpot.FromPort => $"sent: source {frame.Source}, packet {frame.Sequence}",
        TraceSpot.ToPort => "received",
        TraceSpot.NicIn => "in",
        TraceSpot.NicOut => "out",
        _ => $"{frame.Verdict.ToString().ToUpperInvariant()} {frame.Reason}",
    };
}
