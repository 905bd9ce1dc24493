namespace MizarLab.Cli;

/// <summary>The checkout the command was built from: where the library and the compiled programs are.</summary>
internal static class Checkout
{
    /// <summary>Null when the command was copied out of its checkout.</summary>
    public static string? Root { get; } = Find();

    /// <exception cref="UserError">There is no checkout around the command.</exception>
    public static string Library => Scenarios("library");

    /// <inheritdoc cref="Library"/>
    public static string Experiments => Scenarios("experiments");

    private static string Scenarios(string folder) => Root is null
        ? throw new UserError("the library is part of the checkout, and this command runs outside one", ExitCode.Lacking)
        : Path.Combine(Root, "scenarios", folder);

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MizarLab.sln")))
            {
                return folder.FullName;
            }
        }
        return null;
    }
}
