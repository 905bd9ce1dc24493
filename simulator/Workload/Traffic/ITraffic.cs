using MizarLab.Engine;

namespace MizarLab.Workload.Traffic;

/// <summary>One packet that somebody is to send.</summary>
/// <param name="Time">When.</param>
/// <param name="Source">Index of the endpoint (or droplet) that sends.</param>
/// <param name="Destination">Index of the one it is for; never the source.</param>
/// <param name="Bytes">Of payload.</param>
/// <param name="Flow">Number of the flow at its source, from 0.</param>
public readonly record struct TrafficPacket(SimTime Time, int Source, int Destination, int Bytes, int Flow)
{
    /// <summary>The last packet of its flow.</summary>
    public bool EndsFlow { get; init; }

    /// <summary>Bytes that the destination is to send back when this arrives; 0: none.</summary>
    public int ReplyBytes { get; init; }
}

/// <summary>
/// Who sends what to whom, and when: a law for all sources at once, immutable. Every source's packets come from random streams of its own,
/// so they are the same whoever else sends, and a source can be played on any partition.
/// </summary>
/// <example><code>
/// ITraffic traffic = new OpenLoop("web", new UniformPeers(1_000), Exponential.Spans(SimTime.FromMicroseconds(50)), sizes, new Pacing(1_000, rate));
/// ITrafficStream stream = traffic.StreamOf(source: 7, seed);
/// while (stream.TryNext(out TrafficPacket packet) &amp;&amp; packet.Time &lt; end) { … }
/// </code></example>
public interface ITraffic
{
    /// <summary>A new stream of what this source sends, from the beginning.</summary>
    ITrafficStream StreamOf(int source, ulong seed);
}

/// <summary>What one source sends, in order of time.</summary>
public interface ITrafficStream
{
    /// <summary>The next packet; false when there is none any more.</summary>
    bool TryNext(out TrafficPacket packet);
}

/// <summary>How a flow is cut into packets and how fast these follow each other.</summary>
/// <param name="PacketBytes">Payload of a packet; the last of a flow has what is left.</param>
/// <param name="Rate">A packet begins when the one before would be through at this rate; unlimited: all at once.</param>
public readonly record struct Pacing(int PacketBytes, DataRate Rate)
{
    /// <summary>All of a flow in packets of this size, at once.</summary>
    public static Pacing AtOnce(int packetBytes) => new(packetBytes, DataRate.Unlimited);

    internal SimTime GapAfter(int bytes) => Rate.TimeFor(bytes);
}
