using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Part of <see cref="PolicyScopes"/>; how many rows there are stands in <see cref="PolicySummary"/>.</summary>
internal sealed class PolicyEnforcedCodec(PolicyScopes scopes, PolicySummary summary) : TableCodec<PolicyScope, byte>
{
    public override void Put(in PolicyScope key, in byte value) => summary.NoteWrite(scopes.SetEnforced(key, value) ? 0 : 1);

    public override void Delete(in PolicyScope key) => summary.NoteWrite(scopes.SetEnforced(key, null) ? -1 : 0);

    public override IReadOnlyList<KeyValuePair<PolicyScope, byte>> Rows() => scopes.EnforcedRows();

    public override void Clear()
    {
        scopes.Clear();
        summary.Reset();
    }
}
