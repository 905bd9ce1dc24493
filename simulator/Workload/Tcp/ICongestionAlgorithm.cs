using MizarLab.Engine;

namespace MizarLab.Workload.Tcp;

/// <summary>Congestion avoidance: how a window grows when all is well and how much of it is left after a loss. Of one connection; windows are in octets.</summary>
internal interface ICongestionAlgorithm
{
    /// <summary>The window after so many octets were acknowledged beyond slow start, while the sender was using all of it.</summary>
    double Grow(double window, int segment, int acknowledged, SimTime now, SimTime roundTrip);

    /// <summary>What the window is to be after congestion; the caller sees to it that it is at least two segments.</summary>
    /// <param name="window">Before it.</param>
    /// <param name="inFlight">Octets sent and not acknowledged.</param>
    double Shrink(double window, int segment, int inFlight);

    /// <summary>Everything in flight was taken to be lost.</summary>
    void TimedOut();
}

/// <summary>One segment more a round trip, half of what was in flight after a loss (RFC 5681 §3.1).</summary>
internal sealed class NewReno : ICongestionAlgorithm
{
    public double Grow(double window, int segment, int acknowledged, SimTime now, SimTime roundTrip) =>
        window + (segment * (double)acknowledged / window);

    public double Shrink(double window, int segment, int inFlight) => inFlight / 2.0;

    public void TimedOut()
    {
    }
}

/// <summary>
/// CUBIC (RFC 9438): after a loss the window is seven tenths of what it was, and comes back on a cubic of the time since, flat where it was lost; where an AIMD flow of
/// the same mean would be faster, it is as fast as that one (§4.3). The cube root is our own, so that runs are the same on every processor.
/// </summary>
internal sealed class Cubic : ICongestionAlgorithm
{
    private const double Beta = 0.7;

    /// <summary>Segments a second cubed.</summary>
    private const double C = 0.4;
    private const double FriendlyGain = 3 * (1 - Beta) / (1 + Beta);

    private double plateau;
    private double friendly;
    private double timeToPlateau;
    private SimTime epoch = SimTime.Never;

    public double Grow(double window, int segment, int acknowledged, SimTime now, SimTime roundTrip)
    {
        double segments = window / segment;
        if (epoch == SimTime.Never)
        {
            Begin(segments, now);
        }
        double arrived = (double)acknowledged / segment;
        double target = Math.Clamp(At(now + roundTrip), segments, 1.5 * segments);
        friendly += (friendly < plateau ? FriendlyGain : 1) * arrived / segments;
        double grown = segments + ((target - segments) / segments * arrived);
        return Math.Max(grown, At(now) < friendly ? friendly : grown) * segment;
    }

    public double Shrink(double window, int segment, int inFlight)
    {
        double segments = window / segment;
        // Fast convergence (§4.7): a flow whose window was larger before makes room for others.
        plateau = segments < plateau ? segments * (1 + Beta) / 2 : segments;
        epoch = SimTime.Never;
        return Math.Min(window, inFlight) * Beta;
    }

    public void TimedOut() => epoch = SimTime.Never;

    private void Begin(double segments, SimTime now)
    {
        epoch = now;
        friendly = segments;
        plateau = Math.Max(plateau, segments);
        timeToPlateau = plateau > segments ? StableMath.Pow((plateau - segments) / C, 1.0 / 3) : 0;
    }

    private double At(SimTime time)
    {
        double since = ((time - epoch).Picoseconds * 1e-12) - timeToPlateau;
        return plateau + (C * since * since * since);
    }
}
