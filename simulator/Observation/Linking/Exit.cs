using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Observation.Linking;

/// <summary>Where a program run sent its frame: out of the NIC, to an endpoint's interface, or nowhere.</summary>
internal readonly record struct Exit(bool ByNic, EndpointId? To)
{
    public static readonly Exit None = new(false, null);

    public static Exit Of(Plan plan, Sighting run) => run.Verdict switch
    {
        // Slot 0 is the NIC in both devmaps; another slot is the endpoint's port of that number.
        Verdict.Redirect when run.Slot == PortId.Nic.Value => new Exit(true, null),
        Verdict.Redirect => new Exit(false, plan.EndpointAt(run.Droplet, new PortId(run.Slot))),
        // TX goes back by the interface the frame came in by.
        Verdict.Tx => run.Program == ProgramId.Transit ? new Exit(true, null) : new Exit(false, run.Endpoint),
        // What an agent hands to the host's bridge leaves by the NIC too, behind the others.
        Verdict.Pass when run.Reason == Reason.ToBridge => new Exit(true, null),
        _ => None,
    };
}
