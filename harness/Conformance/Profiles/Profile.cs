using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>What a program is to the lab; as profile files write it, in lower case with underscores.</summary>
public enum ProgramRole : byte
{
    Transit,
    Agent,

    /// <summary>The scaled-endpoint stage (§3.9).</summary>
    ScaledEndpoint,

    /// <summary>Stages that answer their verdict and nothing else (§1.3 row 47).</summary>
    TxStage,
    PassStage,
    RedirectStage,
    DropStage,

    /// <summary>What an agent tail-calls to count (§3.2 row 7).</summary>
    RedirectStatistics,
    PassStatistics,
    DropStatistics,
}

/// <summary>A slot of a jump table by what it is for: of transit's the verdicts' stages, of an agent's transit and the verdicts' counters.</summary>
public enum JumpPlace : byte
{
    Transit,
    Tx,
    Pass,
    Redirect,
    Drop,
    Aborted,
    ScaledEndpoint,
}

/// <summary>How a profile's tables are encoded.</summary>
public enum ProfileEncoding : byte
{
    /// <summary>By the lab's own codecs (harness/Bpf/Codecs), as its lists are in a pool that several values point into.</summary>
    Mizarlab,

    /// <summary>By the descriptions in the profile, wholly data.</summary>
    Described,
}

/// <summary>One compiled program.</summary>
/// <param name="File">Object file, relative to the profile's folder or the folder given beside it.</param>
/// <param name="Program">Name of its function. The section's name need not tell a type: XDP is set.</param>
/// <param name="PerEndpoint">One object with maps of its own for every endpoint, not one a droplet.</param>
public sealed record ProfileProgram(ProgramRole Role, string File, string Program, bool PerEndpoint);

/// <summary>An array of maps of one element by which a program reaches another's map.</summary>
public sealed record MapReference(ProgramRole Program, string Array, ProgramRole Of, string Map);

/// <summary>What the loader changes of a map before it loads it.</summary>
/// <param name="Entries">Null: as compiled.</param>
public sealed record MapSetting(string Map, uint? Entries, bool NoPreallocation);

/// <summary>A program's jump table and the number of each of its slots.</summary>
public sealed record JumpTable(ProgramRole Program, string Map, ImmutableSortedDictionary<JumpPlace, int> Slots);

/// <summary>A map that is transit's in other objects that have one of the name.</summary>
/// <param name="In">In which; empty: in all.</param>
public sealed record SharedMap(string Map, ImmutableArray<ProgramRole> In);

/// <summary>Bytes of a key or value and what stands where; the rest are zeros.</summary>
internal sealed record RecordLayout(int Bytes, ImmutableArray<FieldPlace> Places)
{
    public bool Has(string field) => Places.Any(place => place.Name == field);
}

/// <summary>One map that holds a table, or a part of one.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="When">The part: rows whose field has this number; null: all.</param>
/// <param name="Learned">Programs write it, not only the management plane.</param>
/// <param name="IsArray">Its rows are always there: zeros are no row.</param>
/// <param name="OmitsZero">A value of zeros is not written: its absence says the same.</param>
internal sealed record TablePart(
    string Table, ProgramRole Program, string Map, KeyValuePair<string, ulong>? When, RecordLayout Key, RecordLayout Value, bool Learned, bool IsArray, bool OmitsZero)
{
    public bool Has(string field) => Key.Has(field) || Value.Has(field) || When?.Key == field;
}

/// <summary>
/// A data plane as somebody compiled it: its programs, its maps, how its tables are encoded, how it is wired, and which dialect it is held to. Read from a
/// YAML file by <see cref="ProfileReader"/>; run by <see cref="ProfileDataPlane"/>.
/// </summary>
public sealed record Profile
{
    public required string Name { get; init; }

    public required Dialect Dialect { get; init; }

    public required ProfileEncoding Encoding { get; init; }

    /// <summary>Where object files are looked for.</summary>
    public required string Folder { get; init; }

    public ImmutableArray<ProfileProgram> Programs { get; init; } = [];

    public ImmutableArray<SharedMap> SharedMaps { get; init; } = [];

    public ImmutableArray<MapReference> References { get; init; } = [];

    public ImmutableArray<MapSetting> Maps { get; init; } = [];

    public ImmutableArray<JumpTable> Jumps { get; init; } = [];

    internal ImmutableArray<TablePart> Parts { get; init; } = [];

    public ProfileProgram? Find(ProgramRole role) => Programs.FirstOrDefault(p => p.Role == role);

    /// <summary>The path of a program's object.</summary>
    public string PathOf(ProfileProgram program) => Path.Combine(Folder, program.File);
}
