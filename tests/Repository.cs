namespace MizarLab.Tests;

/// <summary>Where the repository lies.</summary>
internal static class Repository
{
    /// <summary>The folder that holds MizarLab.sln, above the running test's files.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MizarLab.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"no MizarLab.sln above {AppContext.BaseDirectory}");
    }
}
