using MizarLab.Engine;

namespace MizarLab.Measure;

/// <summary>Sees every packet of a run come into being and end.</summary>
public interface IPacketWitness
{
    /// <param name="place">Where it lies; nobody else does until it has ended.</param>
    void Born(int place);

    void Ended(int place);
}

/// <summary>
/// Holds a run to conservation by packet and to Little's law for the network as a whole (spec 12 §6.1): every packet ends once, at a place where it was, and the time
/// that packets spent in the network is the integral of how many were in it.
/// </summary>
/// <param name="clock">The run's time.</param>
public sealed class FrameLedger(Func<SimTime> clock) : IPacketWitness
{
    private static readonly SimTime Nowhere = SimTime.Never;
    private SimTime[] bornAt = [];
    private TimeAverage present;
    private Int128 sojourns;

    /// <summary>Packets that came into being.</summary>
    public long Births { get; private set; }

    /// <summary>Packets that ended.</summary>
    public long Ends { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="IdentityException">Another packet is there.</exception>
    public void Born(int place)
    {
        if (place >= bornAt.Length)
        {
            int before = bornAt.Length;
            Array.Resize(ref bornAt, Math.Max(256, 2 * (place + 1)));
            Array.Fill(bornAt, Nowhere, before, bornAt.Length - before);
        }
        SimTime now = clock();
        if (bornAt[place] != Nowhere)
        {
            throw new IdentityException($"at {now} a packet took place {place}, where one of {bornAt[place]} still is");
        }
        bornAt[place] = now;
        present.Add(now, 1);
        Births++;
    }

    /// <inheritdoc/>
    /// <exception cref="IdentityException">No packet is there.</exception>
    public void Ended(int place)
    {
        SimTime now = clock();
        if (place >= bornAt.Length || bornAt[place] == Nowhere)
        {
            throw new IdentityException($"at {now} a packet ended at place {place}, where none is: it ended twice");
        }
        sojourns += (now - bornAt[place]).Picoseconds;
        bornAt[place] = Nowhere;
        present.Add(now, -1);
        Ends++;
    }

    /// <param name="end">The run's time now.</param>
    /// <param name="accounted">Ends that somebody has a reason for: delivered, lost by cause, ended by a program.</param>
    /// <param name="inFlight">Packets that the run says are on their way.</param>
    /// <exception cref="IdentityException">Packets are missing, or time is.</exception>
    public void Close(SimTime end, long accounted, long inFlight)
    {
        if (Births != Ends + inFlight || Ends != accounted)
        {
            throw new IdentityException($"of {Births} packets {Ends} ended, {accounted} of them for a reason, and {inFlight} are on their way");
        }
        Int128 total = sojourns;
        foreach (SimTime born in bornAt)
        {
            total += born == Nowhere ? 0 : (end - born).Picoseconds;
        }
        if (total != present.Area(end))
        {
            throw new IdentityException($"Little's law fails for the network by {total - present.Area(end)} ps up to {end}");
        }
    }
}
