namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct interface_config of bpf/droplet.h, the one row every run reads: what <see cref="MizarLab.DataPlane.Tables.Interface"/> says, and what of other tables there is at all,
/// so that nobody looks in vain.
/// </summary>
internal sealed class InterfaceRow(DropletCell cell)
{
    public const int Bytes = 24;

    private const int StagesAt = 21, StatisticsAt = 22;

    private readonly byte[] row = new byte[Bytes];

    /// <summary>Replaces all but what the tables beside say.</summary>
    /// <param name="bytes">As long as the row.</param>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        (byte stages, byte statistics) = (row[StagesAt], row[StatisticsAt]);
        bytes.CopyTo(row);
        (row[StagesAt], row[StatisticsAt]) = (stages, statistics);
        Store();
    }

    /// <summary>The row as it is in the kernel.</summary>
    /// <param name="bytes">As long as the row.</param>
    public void Read(Span<byte> bytes) => cell.Interface.CopyTo(bytes);

    public void HasStages(bool has) => Set(StagesAt, has);

    public void HasStatistics(bool has) => Set(StatisticsAt, has);

    private void Set(int at, bool has)
    {
        byte value = has ? (byte)1 : (byte)0;
        if (row[at] != value)
        {
            row[at] = value;
            Store();
        }
    }

    private void Store() => row.CopyTo(cell.Interface);
}
