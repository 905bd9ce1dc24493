using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>overhead: { payload: 64 }</c>.</summary>
internal static class OverheadKeys
{
    /// <summary>What fits an underlay of 9000 bytes (spec 02 §2.7): 8886 of inner IP.</summary>
    private const int MostPayload = 8_886 - 28;

    private static readonly Key<int> Payload = Key.Needs("payload", new IntegerShape("a number of bytes", 1, MostPayload), "Bytes of UDP's payload.");
    private static readonly Key<bool> Line = Key.Has("line", Standard.OnOff, false, "Whether Ethernet's preamble, checksum and gap count, 24 bytes a frame.");

    public static readonly StudyKind Kind = new(
        new RecordShape("overhead", "What the tunnel costs on the wire.", Payload, Line),
        (fields, context) => new OverheadStudy(fields.Get(Payload), fields.Get(Line), context.Settings));
}
