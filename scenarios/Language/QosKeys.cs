using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>Classes of service, rate limits of endpoints, and the best-effort limit of a droplet's NIC.</summary>
internal static class QosKeys
{
    private const int BitsAByte = 8;
    private const int LargestBurst = 64 << 20;

    public static readonly Key<ServiceClass> Class = Key.May(
        "class", new ChoiceShape<ServiceClass>("a class", ("premium", ServiceClass.Premium), ("expedited", ServiceClass.Expedited), ("best_effort", ServiceClass.BestEffort)), "Its class of service (spec §2.2); without it premium.");
    public static readonly Key<ServicePriority> Priority = Key.May(
        "priority", new ChoiceShape<ServicePriority>("a priority", ("high", ServicePriority.High), ("medium", ServicePriority.Medium), ("low", ServicePriority.Low)), "Its priority within the class; without it high.");

    private static readonly Key<DataRate> RateLimit = Key.Needs("limit", new LimitShape(), "How much it may send.");
    private static readonly Key<int> Burst = Key.Has("burst", new SizeShape(64, LargestBurst), 15_000, "How much at once.");
    public static readonly Key<Fields> Rate = Key.May("rate", new RecordShape("token_bucket", "A token bucket of an endpoint, at its agent.", RateLimit, Burst) { Shorthand = RateLimit }, "What it may send; without it, anything.");

    private static readonly Key<DataRate> BandwidthLimitKey = Key.Needs("limit", new LimitShape(), "How much best effort the NIC sends.");
    private static readonly Key<SimTime> Horizon = Key.Has("horizon", Standard.Time, SimTime.Zero, "A frame that would wait as long or longer is dropped; upstream programs 0s.");
    public static readonly Key<Fields> Bandwidth = Key.May("bandwidth", new RecordShape("bandwidth", "The best-effort limit of a droplet (EDT, spec §3.11).", BandwidthLimitKey, Horizon), "Its best-effort limit; without it, none.");

    public static EndpointQos Of(Fields endpoint)
    {
        Fields? rate = endpoint.Given(Rate) ? endpoint.Get(Rate) : null;
        return new EndpointQos(
            endpoint.Given(Class) ? endpoint.Get(Class) : ServiceClass.Unset,
            endpoint.Given(Priority) ? endpoint.Get(Priority) : ServicePriority.Unset,
            rate is null ? 0 : (ulong)rate.Get(RateLimit).BitsPerSecond / BitsAByte,
            rate is null ? 0 : (uint)rate.Get(Burst));
    }

    public static BandwidthLimit? LimitOf(Fields droplet)
    {
        const long picosecondsANanosecond = 1_000;
        return droplet.Given(Bandwidth) && droplet.Get(Bandwidth) is { } limit
            ? new BandwidthLimit((ulong)limit.Get(BandwidthLimitKey).BitsPerSecond / BitsAByte, (ulong)(limit.Get(Horizon).Picoseconds / picosecondsANanosecond))
            : null;
    }
}
