using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct policy_summary: whether anybody's policy is enforced, and the epoch, which every write to a policy table moves on.</summary>
internal sealed class PolicySummary
{
    private readonly DropletCell cell;
    private uint enforced;
    private uint epoch;

    public PolicySummary(DropletCell cell)
    {
        this.cell = cell;
        Reset();
    }

    /// <summary>Says that a row was written or removed, or would have been.</summary>
    /// <param name="enforcedRows">Rows of <see cref="Tables.PolicyEnforced"/> more, or less, than before.</param>
    public void NoteWrite(int enforcedRows = 0)
    {
        enforced = (uint)(enforced + enforcedRows);
        epoch = PolicyEpoch.Next(epoch);
        Store();
    }

    /// <summary>No policy, as after the load.</summary>
    public void Reset()
    {
        enforced = 0;
        epoch = PolicyEpoch.First;
        Store();
    }

    private void Store() => cell.SetPolicy(enforced, epoch);
}
