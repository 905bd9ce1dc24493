using MizarLab.Engine;

namespace MizarLab.Workload.Tcp;

/// <summary>
/// How long to wait for an acknowledgement (RFC 6298): smoothed round-trip time plus four times its variation, doubled by every
/// expiry. Bounds are Linux's: at least <see cref="TcpSettings.MinimumTimeout"/>, 200 ms where the RFC says a second, at most 120 s.
/// </summary>
/// <param name="minimum">No shorter than this.</param>
internal struct RetransmissionTimeout(SimTime minimum)
{
    public static readonly SimTime Initial = SimTime.FromSeconds(1);
    public static readonly SimTime Maximum = SimTime.FromSeconds(120);

    private long smoothed;
    private long variation;
    private bool measured;

    public SimTime Current { get; private set; } = Initial;

    /// <summary>The smoothed round trip; zero before the first.</summary>
    public readonly SimTime RoundTrip => new(smoothed);

    /// <summary>Takes in a round trip of a segment that was sent once only (Karn).</summary>
    public void Sample(SimTime roundTrip)
    {
        long sample = roundTrip.Picoseconds;
        if (measured)
        {
            variation += (Math.Abs(smoothed - sample) - variation) / 4;
            smoothed += (sample - smoothed) / 8;
        }
        else
        {
            smoothed = sample;
            variation = sample / 2;
            measured = true;
        }
        Recompute();
    }

    /// <summary>After progress: what the measurements say, without earlier doubling.</summary>
    public void Recompute() =>
        Current = measured ? Clamp(smoothed + (4 * variation)) : Initial;

    public void BackOff() => Current = Clamp(Current.Picoseconds * 2);

    private readonly SimTime Clamp(long picoseconds) =>
        new(Math.Clamp(picoseconds, minimum.Picoseconds, Maximum.Picoseconds));
}
