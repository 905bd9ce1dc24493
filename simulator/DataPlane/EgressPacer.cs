using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The limiter of best-effort traffic (§3.11; <c>bpf/edt.bpf.c</c>). Each frame takes the time it is long at the limit. A frame that comes before the last one is
/// through gets a departure time, or is dropped when that is as far away as the horizon. Upstream's has one state for all classes, saves nothing up and is
/// programmed with a horizon of 0 (§8.1 P26); with <see cref="Switches.PacedEdt"/> each class has its own, and what was not sent for a while may be
/// sent at once.
/// </summary>
public sealed class EgressPacer : IRows<Ipv4Address, BandwidthLimit>
{
    private const ulong NanosecondsASecond = 1_000_000_000;

    /// <summary>What may be saved up: 5 ms of the rate, or two frames.</summary>
    private const ulong BurstNanoseconds = 5_000_000;

    private readonly FlatTable<Ipv4Address, BandwidthLimit> limits = new();
    private readonly FlatTable<Ipv4Address, Pacing> states = new();

    public void Put(in Ipv4Address key, in BandwidthLimit value) => limits.Put(in key, in value);

    public bool Remove(in Ipv4Address key)
    {
        states.Remove(in key);
        return limits.Remove(in key);
    }

    public void CopyTo(ICollection<KeyValuePair<Ipv4Address, BandwidthLimit>> rows) => limits.CopyTo(rows);

    /// <param name="frame">From its outer Ethernet header on.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="earliest">Nanoseconds; 0: as soon as may be.</param>
    public EgressAnswer Ask(ReadOnlySpan<byte> frame, int length, DataPlaneSettings settings, ulong now, ulong earliest)
    {
        ulong arrival = Math.Max(now, earliest);
        if (!TryRead(frame, out int @class, out Ipv4Address source) || !limits.TryGet(in source, out BandwidthLimit limit))
        {
            return Passed(arrival);
        }
        bool paced = settings.Has(Switches.PacedEdt);
        @class = paced ? @class : 0;
        ulong delay = limit.BytesPerSecond == 0 ? 0 : (ulong)length * NanosecondsASecond / limit.BytesPerSecond;
        ulong burst = Math.Max(BurstNanoseconds, 2 * delay);
        states.TryGet(in source, out Pacing state);
        ulong next = Math.Max(state[@class], paced && arrival > burst ? arrival - burst : 0) + delay;
        EgressAnswer answer = Passed(arrival);
        if (next <= arrival)
        {
            state[@class] = paced ? next : arrival;
        }
        else if (next - now >= limit.HorizonNanoseconds)
        {
            return new EgressAnswer(EgressVerdict.Drop, SimTime.Never);
        }
        else
        {
            state[@class] = next;
            answer = new EgressAnswer(EgressVerdict.Wait, SimTime.FromNanoseconds((long)next));
        }
        states.Put(in source, in state);
        return answer;
    }

    /// <summary>What is answered where there is no limit.</summary>
    public static EgressAnswer Unlimited(ulong arrival) => Passed(arrival);

    private static EgressAnswer Passed(ulong arrival) => new(EgressVerdict.Pass, SimTime.FromNanoseconds((long)arrival));

    /// <summary>Geneve of a best-effort class: DSCP 16, 0 or 8.</summary>
    private static bool TryRead(ReadOnlySpan<byte> frame, out int @class, out Ipv4Address source)
    {
        (@class, source) = (-1, default);
        if (frame.Length < Wire.Outer.Geneve
            || Wire.Read16(frame, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4
            || frame[Wire.Outer.Ip + Wire.Ipv4.Protocol] != (byte)IpProtocol.Udp
            || Wire.Read16(frame, Wire.Outer.Udp + Wire.Udp.DestinationPort) != Wire.Geneve.Port)
        {
            return false;
        }
        @class = (frame[Wire.Outer.Ip + Wire.Ipv4.Tos] & ~Ecn.Mask) switch
        {
            0x40 => 0,
            0x00 => 1,
            0x20 => 2,
            _ => -1,
        };
        source = Ipv4Address.Read(frame[(Wire.Outer.Ip + Wire.Ipv4.Source)..]);
        return @class >= 0;
    }

    /// <summary>When what was sent last is through, in nanoseconds, by class.</summary>
    [System.Runtime.CompilerServices.InlineArray(3)]
    private struct Pacing
    {
        private ulong last;
    }
}
