using MizarLab.Engine;
using MizarLab.Measure;

namespace MizarLab.Fabric;

/// <summary>
/// Holds the queues of a fabric's links and of its droplets' cores to the identities of spec 12 §6.1. Every recorded run carries one, and every other that is told to: a
/// run that breaks an identity is no result, so it ends with an <see cref="IdentityException"/>.
/// </summary>
/// <remarks>A link's ledger belongs to the partition of the node that sends over it, as the link does; ledgers share nothing.</remarks>
public sealed class FabricAudit
{
    private readonly List<(FabricPort Link, QueueLedger Ledger)> links = [];
    private readonly List<(Core Core, QueueLedger Ledger)> cores = [];

    /// <summary>Of a fabric's links.</summary>
    public FabricAudit(SwitchedFabric fabric)
    {
        foreach (FabricPort link in fabric.Links)
        {
            QueueLedger ledger = new($"link {link.Link} of tier {link.Tier} {(link.IsUp ? "up" : "down")}");
            link.Witness = ledger;
            links.Add((link, ledger));
        }
    }

    /// <summary>Of links and cores.</summary>
    internal FabricAudit(SwitchedFabric fabric, IEnumerable<DropletNode> droplets)
        : this(fabric)
    {
        foreach (DropletNode droplet in droplets)
        {
            foreach (Core core in droplet.Cores)
            {
                QueueLedger ledger = new($"core {cores.Count} (droplet {droplet.Droplet.Index})");
                core.Witness = ledger;
                cores.Add((core, ledger));
            }
        }
    }

    /// <summary>Asks for what holds at the end only.</summary>
    /// <param name="now">Not before the last event.</param>
    /// <exception cref="IdentityException">An identity does not hold.</exception>
    public void Close(SimTime now)
    {
        foreach ((FabricPort link, QueueLedger ledger) in links)
        {
            ledger.Close(now);
            Agree(ledger, link.Frames, link.Waited);
            if (ledger.Refused != link.Dropped)
            {
                throw new IdentityException($"{ledger.Name}: it counts {link.Dropped} refused frames, {ledger.Refused} were");
            }
        }
        foreach ((Core core, QueueLedger ledger) in cores)
        {
            // A core tells of a frame when it begins with it: of those that still wait nothing is known.
            if (!core.IsBusy)
            {
                ledger.Close(now);
            }
            Agree(ledger, core.Served, core.Waited);
        }
    }

    /// <summary>The queue's own sum of waits is the integral of its length over time.</summary>
    private static void Agree(QueueLedger ledger, long taken, SimTime waited)
    {
        if (ledger.Taken != taken || ledger.Waits != waited.Picoseconds)
        {
            throw new IdentityException(
                $"{ledger.Name}: it says that {taken} waited {waited} together, but {ledger.Taken} waited {new SimTime((long)ledger.Waits)}");
        }
    }
}
