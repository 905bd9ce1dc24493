using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Sampling;

namespace MizarLab.Studies;

/// <summary>
/// What becomes of equal packets, Poisson in time, at a droplet's best-effort limit (spec 09 Q35, Q36; §3.11). The endpoint's agent says whether a packet goes by the host's bridge, and the
/// limiter behind it passes, delays or drops it. With upstream's horizon of 0 the limiter is one server and no queue, M/D/1/1: at ρ times the limit ρ/(1+ρ) are lost. With a long horizon it
/// is M/D/1, whose wait is ρD / 2(1−ρ), or, beyond the limit, loses 1 − 1/ρ.
/// </summary>
/// <param name="load">Offered over limit.</param>
/// <param name="horizon">How far ahead a departure may be.</param>
/// <param name="class">Of the endpoint.</param>
/// <param name="packets">Measured; as many again go before, unmeasured.</param>
/// <param name="settings">Whether the limiter saves up a burst.</param>
public sealed class PolicerStudy(double load, SimTime horizon, ServiceClass @class, int packets, DataPlaneSettings settings) : IStudy
{
    /// <summary>100 Mbit/s.</summary>
    private const ulong BytesPerSecond = 12_500_000;

    /// <summary>Such that the frame on the wire has 1 250 bytes, 100 µs at the limit.</summary>
    private const int Payload = 1_250 - Wire.Overhead - Wire.Ethernet.Length - Wire.Ipv4.Length - Wire.Udp.Length;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("loss", "", "Share of packets dropped at the limiter"),
        new("goodput", "", "Bytes that left over what the limit allows in the time"),
        new("wait", "ns", "Mean wait of packets that left"),
        new("longest_wait", "ns", "Longest wait"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => false;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId host = net.Droplet(new BandwidthLimit(BytesPerSecond, (ulong)horizon.Nanoseconds)), relay = net.Droplet();
        NetworkId network = net.Network(net.Vpc(relay), relay);
        EndpointId from = net.Endpoint(network, host, new EndpointQos(@class, ServicePriority.High, 0, 0)), to = net.Endpoint(network, relay);
        ModelDataPlane model = net.Begin(settings).Model;
        Frame packet = Frame.FromBytes(net.Datagram(from, net.AddressOf(to), 4_000, 53, Payload));
        RandomStream random = new(run.Seed, "policer");
        SimTime now = SimTime.FromSeconds(1);
        Moments waits = default;
        long sent = 0, longest = 0;
        SimTime began = now;
        int bytes = 0;
        for (int i = -packets; i < packets; i++)
        {
            if (i % 0x1_0000 == 0)
            {
                run.Cancel.ThrowIfCancellationRequested();
            }
            began = i == 0 ? now : began;
            Frame frame = packet;
            model.Now = now;
            ProgramResult agent = model.Run(host, ProgramId.Agent, new AgentId(1), ref frame);
            EgressAnswer answer = agent.Reason == Reason.ToBridge
                ? model.Egress(host, in frame, SimTime.Zero)
                : new EgressAnswer(agent.Verdict == Verdict.Redirect ? EgressVerdict.Pass : EgressVerdict.Drop, now);
            if (i >= 0 && answer.Verdict != EgressVerdict.Drop)
            {
                sent++;
                long wait = Math.Max(0, answer.Departure.Nanoseconds - now.Nanoseconds);
                waits.Add(wait);
                longest = Math.Max(longest, wait);
            }
            bytes = frame.Length;
            now += Gap(bytes).NextTime(random);
        }
        double allowed = (now - began).Picoseconds * (BytesPerSecond / 1e12);
        return StudyResult.Of(1 - ((double)sent / packets), sent * (double)bytes / allowed, waits.Mean, longest);
    }

    /// <summary>Between packets of so many bytes on the wire.</summary>
    private Exponential Gap(int bytes) => new(bytes * 1e12 / BytesPerSecond / load);
}
